"""Measures devices: timers, counters of energy, and campaigns that give tables.

PyTorch is imported when a device is measured, and not before.
"""
