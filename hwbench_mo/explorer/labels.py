"""What people call spaces and devices."""

SPACES = {"gpt_s": "GPT-S", "gpt_m": "GPT-M", "gpt_l": "GPT-L"}
DEVICES = {
    "a100": "A100",
    "a40": "A40",
    "a6000": "RTX A6000",
    "h100": "H100",
    "p100": "P100",
    "rtx2080": "RTX 2080",
    "rtx3080": "RTX 3080",
    "v100": "V100",
    "h100_sxm": "H100 SXM",
    "h200": "H200",
    "xeon_gold": "Xeon Gold",
    "xeon_silver": "Xeon Silver",
    "epyc_7452": "EPYC 7452",
    "epyc_7502": "EPYC 7502",
    "epyc_7513": "EPYC 7513",
}


def space_label(name: str) -> str:
    """The space's name in words.

    >>> space_label("gpt_m"), space_label("mine")
    ('GPT-M', 'mine')
    """
    return SPACES.get(name, name)


def device_label(name: str) -> str:
    """The device's name in words.

    >>> device_label("rtx3080"), device_label("my_gpu")
    ('RTX 3080', 'my_gpu')
    """
    return DEVICES.get(name, name)
