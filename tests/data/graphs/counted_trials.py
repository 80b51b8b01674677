"""Distributions of what trials give: binomial, geometric and negative binomial numbers."""
tfd = tf.contrib.distributions
counts = np.float32([1., 2.])
for trials in (tfd.Binomial(np.float32(4.), probs=[.3, .5], validate_args=True), tfd.Binomial([4., 5.], logits=[[.2], [.7]]),
               tfd.Geometric(probs=[.3, .5]), tfd.Geometric(logits=[.3, .5], validate_args=True),
               tfd.NegativeBinomial(np.float32(3.), probs=[.3, .5])):
    trials.log_prob(counts), trials.prob(counts), trials.cdf(counts)
    trials.mean(), trials.variance(), trials.mode()
    if not isinstance(trials, tfd.Binomial):
        trials.sample(3, seed=1)
