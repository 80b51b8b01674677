// An exponential moving average follows a variable: shadow = decay * shadow + (1 - decay) * variable, where the decay
// is min(0.99, (1 + step) / (10 + step)), so that it is quick at first.

#include <cstdio>

#include "reflow/reflow.h"

namespace tf = reflow;

int main() {
  const tf::Variable v1(0, {.dtype = tf::float32});
  const tf::Variable step(0, {.trainable = false});
  tf::train::ExponentialMovingAverage ema(0.99, {.num_updates = step});
  const tf::Operation maintain_averages_op = ema.apply({v1});

  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  const auto show = [&] {
    const auto values = sess.run({v1, *ema.average(v1)});
    std::printf("[%g, %g]\n", values[0].item<float>(), values[1].item<float>());
  };
  show();
  sess.run(tf::assign(v1, 5));
  sess.run(maintain_averages_op);
  show();
  sess.run(tf::assign(step, 10000));
  sess.run(tf::assign(v1, 10));
  sess.run(maintain_averages_op);
  show();
  sess.run(maintain_averages_op);
  show();
  return 0;
}
