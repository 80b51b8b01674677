#include "reflow/train/warm_start.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "reflow/reflow.h"
#include "tests/kit/temporary_folder.h"

namespace tf = reflow;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

namespace {

std::vector<float> floats(const tf::Tensor& tensor) {
  return {tensor.data<float>(), tensor.data<float>() + tensor.num_elements()};
}

// A checkpoint of an embedding of the words a, b, c, and of a bias.
class WarmStart : public ::testing::Test {
 protected:
  WarmStart() {
    const tf::Graph graph;
    const auto scope = graph.as_default();
    const tf::Variable words(tf::constant({{1., 2.}, {3., 4.}, {5., 6.}}), {.name = "words"});
    const tf::Variable bias(tf::constant({7., 8., 9.}), {.name = "bias"});
    tf::Session sess;
    sess.run(tf::global_variables_initializer());
    prefix_ = tf::train::Saver().save(sess, folder_ / "model");
    vocabulary_ = {.new_vocab = written("new", "c\nd\na\n"), .new_vocab_size = 3, .old_vocab = written("old", "a\nb\nc\n")};
  }

  std::string written(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  tf::testing::TemporaryFolder folder_;
  std::string prefix_;
  tf::train::VocabInfo vocabulary_;
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(WarmStart, TrainableVariablesByName) {
  const tf::Variable bias = tf::get_variable("bias", {3});
  const tf::Variable moved = tf::get_variable("new/words", {3, 2});
  tf::train::warm_start(prefix_, {.var_name_to_prev_var_name = {{"new/words", "words"}}});
  const tf::Session sess;
  sess.run(tf::global_variables_initializer());
  EXPECT_THAT(floats(sess.run(bias)), ElementsAre(7, 8, 9));
  EXPECT_THAT(floats(sess.run(moved)), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(WarmStart, RowsOfWords) {
  const tf::Variable words = tf::get_variable("words", {4, 2});
  vocabulary_.num_oov_buckets = 1;
  vocabulary_.backup_initializer = tf::constant_initializer(-1.);
  tf::train::warm_start(prefix_, {.var_name_to_vocab_info = {{"words", vocabulary_}}});
  const tf::Session sess;
  sess.run(tf::global_variables_initializer());
  EXPECT_THAT(floats(sess.run(words)), ElementsAre(5, 6, -1, -1, 1, 2, -1, -1));
}

TEST_F(WarmStart, PartsOfRows) {
  tf::get_variable("words", {3, 2}, {.partitioner = tf::fixed_size_partitioner(2)});
  tf::train::warm_start(prefix_, {.vars_to_warm_start = std::nullopt, .var_name_to_vocab_info = {{"words", vocabulary_}}});
  const tf::Session sess;
  sess.run(tf::global_variables_initializer());
  EXPECT_THAT(floats(sess.run(tf::global_variables()[0])), ElementsAre(5, 6, 0, 0));
  EXPECT_THAT(floats(sess.run(tf::global_variables()[1])), ElementsAre(1, 2));
}

TEST_F(WarmStart, Columns) {
  {
    const tf::Graph graph;
    const auto scope = graph.as_default();
    const tf::Variable kernel(tf::constant({{1., 2., 3.}, {4., 5., 6.}}), {.name = "kernel"});
    tf::Session sess;
    sess.run(tf::global_variables_initializer());
    prefix_ = tf::train::Saver().save(sess, folder_ / "kernel");
  }
  const tf::Variable kernel = tf::get_variable("kernel", {2, 3});
  vocabulary_.axis = 1;
  tf::train::warm_start(prefix_, {.vars_to_warm_start = std::vector<tf::Variable>{kernel},
                                  .var_name_to_vocab_info = {{"kernel", vocabulary_}}});
  const tf::Session sess;
  sess.run(tf::global_variables_initializer());
  EXPECT_THAT(floats(sess.run(kernel)), ElementsAre(3, 0, 1, 6, 0, 4));
}

TEST_F(WarmStart, NamesThatNoVariableHas) {
  tf::get_variable("bias", {3});
  EXPECT_THAT([&] { tf::train::warm_start(prefix_, {.var_name_to_vocab_info = {{"word", vocabulary_}}}); },
              ThrowsMessage<tf::ValueError>(HasSubstr("var_name_to_vocab_info that were not used: {'word'}.  Perhaps you "
                                                      "misspelled them?  Here is the list of viable variable names: "
                                                      "dict_keys(['bias'])")));
  vocabulary_.axis = 2;
  tf::get_variable("words", {3, 2});
  EXPECT_THAT([&] { tf::train::warm_start(prefix_, {.var_name_to_vocab_info = {{"words", vocabulary_}}}); },
              ThrowsMessage<tf::ValueError>("The only supported values for the axis argument are 0 and 1.  Provided axis: 2"));
}

}  // namespace
