// Fits a line to the rows of a file of comma-separated values, which a dataset reads, shuffles and batches.
//
//   input_pipeline [FILE]    a file with the line "x,y" and rows of numbers; none: it makes one

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

// Points of y = 2 x - 1 in [0, 1).
std::string make_file() {
  const std::string path = "input_pipeline.csv";
  std::ofstream file(path);
  file << "x,y\n";
  for (int i = 0; i < 64; ++i) file << i / 64.0 << ',' << 2 * (i / 64.0) - 1 << '\n';
  return path;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : make_file();
  tf::set_random_seed(1);
  const tf::Dataset rows = tf::TextLineDataset(path).skip(1).map([](const tf::Dataset::Element& line) {
    return tf::decode_csv(line[0], {0.0, 0.0});
  });
  const tf::Dataset batches = rows.cache().shuffle(64).repeat(60).batch(16).prefetch(2);
  const tf::Iterator iterator = batches.make_initializable_iterator();
  const std::vector<tf::Output> point = iterator.get_next();

  const tf::Variable weight(tf::zeros({}), {.name = "weight"});
  const tf::Variable bias(tf::zeros({}), {.name = "bias"});
  const tf::Output loss = tf::reduce_mean(tf::square(point[0] * weight + bias - point[1]));
  const tf::Operation train = tf::train::GradientDescentOptimizer(0.5).minimize(loss);

  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  sess.run(iterator.initializer());
  int steps = 0;
  try {
    for (;; ++steps) sess.run(train);
  } catch (const tf::errors::OutOfRangeError&) {  // the end of the dataset
  }
  std::printf("after %d steps: y = %.3f x + %.3f\n", steps, sess.run(weight).item<float>(), sess.run(bias).item<float>());
  return 0;
}
