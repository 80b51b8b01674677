#pragma once

// The gradient of a function that an If, Case or While calls, and what becomes of the two. Not for users.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/autodiff/emit.h"
#include "reflow/autodiff/gradients.h"
#include "reflow/base/status.h"
#include "reflow/graph/function_body.h"

namespace reflow::autodiff {

// A function as a graph, behind the nodes of which stand those of its gradient. What these take of the former comes to them
// by ways that the caller knows: the gradient becomes a function of its own.
class BodyGradient {
 public:
  // The nodes of `function` for arguments like `arguments`. `library`: a graph that has it.
  static StatusOr<BodyGradient> begin(const Graph& library, const graph::NameAttrList& function,
                                      std::span<const Endpoint> arguments, std::span<const Shape> shapes);

  Graph& graph() { return *body_.graph; }
  const std::vector<Node*>& arguments() const { return body_.arguments; }
  const std::vector<Endpoint>& results() const { return body_.results; }

  // The gradients of arguments `xs` for those of results, which are like `dys` outside; there may be none of some.
  Status differentiate(std::span<const Endpoint> dys, std::span<const int> xs, UnconnectedGradients unconnected);
  // Of each of the arguments.
  std::vector<Gradient>& dxs() { return dxs_; }
  // The placeholders of results' gradients; none where there is no gradient.
  const std::vector<Endpoint>& dys() const { return dys_; }

  // Says what the gradient function gives, nodes behind those of the function. Afterwards nodes of the graph are ahead (the
  // function's, and what those need) or behind (all else that the results need).
  void set_gradient_results(std::vector<Endpoint> results);
  // What nodes behind take of those ahead, each once.
  const std::vector<Endpoint>& taken() const { return taken_; }
  // The argument that a handle ahead comes from; -1: none.
  int argument_of_handle(Endpoint handle) const;
  int argument_index(Endpoint e) const;
  int result_index(Endpoint e) const;

  // An op for the function itself, which counts as ahead.
  StatusOr<Node*> add_ahead(std::string_view type, std::vector<graph::OpInput> inputs, graph::AttrMap attrs, std::string name = "");
  // A new argument of the function, behind the others.
  StatusOr<Endpoint> add_argument(DType dtype, const Shape& shape, std::string name);
  // A function of the nodes ahead that gives its results and `more`. Returns its name.
  StatusOr<std::string> define_ahead(const std::string& name, std::span<const Endpoint> more, Graph* library);

  // The graph of the gradient function, and what stands there for what is ahead: placeholders, copies of constants.
  Graph& behind() { return *behind_; }
  Endpoint dy_behind(int i) const { return dys_[i] ? copies_behind_[dys_[i].node->id()]->output(0) : Endpoint(); }
  void set_stand_in(Endpoint ahead, Endpoint behind) { stand_ins_[{ahead.node, ahead.index}] = behind; }
  StatusOr<Endpoint> copy_constant(Endpoint ahead);
  // A function of the nodes behind with these arguments in its graph, and results of it before and behind its own.
  StatusOr<std::string> define_behind(const std::string& name, std::vector<Endpoint> arguments, std::vector<Endpoint> first,
                                      const std::vector<Endpoint>& last, Graph* library);
  const std::vector<Endpoint>& gradient_results() const { return gradient_results_; }
  bool is_stateful_behind() const;

 private:
  bool is_ahead(const Node* node) const { return node->id() < std::ssize(ahead_) && ahead_[node->id()]; }
  void mark_ahead(Node* node);
  StatusOr<Endpoint> copy_behind(Endpoint e);

  graph::FunctionBody body_;
  int num_nodes_ = 0;  // ids below are the function's
  std::vector<Endpoint> dys_;
  std::vector<Gradient> dxs_;
  std::vector<bool> ahead_;
  std::vector<Endpoint> gradient_results_, taken_;
  std::vector<Node*> nodes_behind_;
  std::unique_ptr<Graph> behind_;
  std::vector<Node*> copies_behind_;  // by id
  std::map<std::pair<Node*, int>, Endpoint> stand_ins_;
};

// "{name}{suffix}", with a number where that is the name of a function already.
std::string unused_function_name(const Graph& library, const std::string& name, std::string_view suffix);

// A placeholder in the graph of a function, for a tensor outside.
StatusOr<Endpoint> emit_argument(Graph& graph, Endpoint like, const Shape& shape);

}  // namespace reflow::autodiff
