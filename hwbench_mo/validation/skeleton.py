"""The document around the generated part, when there is none yet."""

BEGIN = "<!-- begin generated: evaluate -->"
END = "<!-- end generated: evaluate -->"

SKELETON = f"""# Surrogates

**What they are.** Each target of each space is a table: within one (embed_dim, bias), latency, energy and memory are
sums over layers of what a layer with that choice costs, and so is log(perplexity), by layer position. The campaign
that measured them drifts (a node's clock, its temperature); the drift is estimated with the tables and set to its
neutral level in the answers. Around the centre stand the quantiles of one new measurement, a standard error says how
well the table itself is known, and support how close the measured architectures are.

**How they are judged.** `python -m hwbench_mo.validation.command MEASUREMENTS` writes the part between the markers
below, `surrogates.csv` with all numbers, and the pictures. Architectures are kept from every fit: each of K folds
once, and, separately, the outer tenth of the space. Peers are fitted to the same rows. An interrupted run goes on
where it was.

## Scores

Each held-out architecture weighs the same; its repeats share its weight.

- **Pinball loss** of a predicted quantile q at level τ and a measurement y: (τ − 1{{y < q}})(y − q). It is least, in
  expectation, for the true quantile (Gneiting & Raftery, 2007).
- **CRPS**: the mean of twice the pinball loss over the 99 levels 0.01 to 0.99, the same estimator for every method;
  of a point forecast it is the absolute error. In the target's unit in the CSV; in the tables relative to the median
  measurement (Gneiting & Raftery, 2007).
- **Calibration error**: mean |coverage − level| over the 99 levels. Coverage of all levels is the distribution
  function of the probability integral transform (Dawid, 1984), which is the diagonal for a calibrated forecaster.
- **50 % and 90 %**: the share of measurements within the central intervals. **Width**: of the 90 % interval,
  relative.
- **τ within**: Kendall's τ-b of predicted medians and measured centres (medians of repeats) within (embed_dim, bias),
  averaged; within embed_dim for perplexity and accuracy. Over all architectures it is in the CSV.
- **Relative error**: median of |predicted − centre| ÷ centre. **R²**: of predicted medians.
- **Difference**: of our CRPS to the best peer's, relative; ± the standard error of paired differences. Neighbours in
  the campaign share its drift, so that the true error is somewhat greater.
- **Centre ± 2 se**, in the corners: share of held-out centres within two standard errors of the table. Centres are
  noisy themselves, and drift, so that it is below 0.95 where noise is greater than what the table does not know.

## Peers

- **LightGBM**: boosted trees of the centre and of the log-std of an architecture's repeats, as a Gaussian, which is
  what the authors of the data do with AutoGluon. Rounds are chosen on 15 % of the training architectures, and so are
  the features (counts of choices, or those and all genes) and, width by width, a scale of the spread. Negative
  quantiles are left as they are.
- **LightGBM quantiles**: quantile regression, a booster for each of 23 levels, sorted, interpolated in between.
- **scikit-learn's trees**: extremely randomised trees, as a Gaussian like the first.
- **AutoGluon**: its ensembles, as a Gaussian like the first, where it is installed.

{BEGIN}
{END}
"""
