#pragma once

// What operators share that are made of several. Not for users.

#include <string>
#include <vector>

#include "reflow/client/linear_operators/linear_operator_state.h"

namespace reflow::linalg {

// Throws for no operators, or several types.
void check_operators(const std::vector<LinearOperator>& operators, const char* message);
std::string joined_names(const std::vector<LinearOperator>& operators, const char* between);
// What is so of all operators is so of the whole. ValueError: it is denied.
void imply_hint(const std::vector<LinearOperator>& operators, std::optional<bool> (LinearOperator::*hint)() const,
                const std::string& message, std::optional<bool>* given);
// The same of three hints; `text` has {0} for what it is about, `positive` is how it calls positive definite.
void imply_hints(const std::vector<LinearOperator>& operators, const char* text, const char* positive,
                 LinearOperatorHints* hints);
Shape broadcast_batch_shape(const std::vector<LinearOperator>& operators);
Output broadcast_batch_shape_tensor(const std::vector<LinearOperator>& operators);

// `function` of each operator.
template <typename F>
std::vector<LinearOperator> each(const std::vector<LinearOperator>& operators, F&& function) {
  std::vector<LinearOperator> results;
  for (const LinearOperator& op : operators) results.push_back(function(op));
  return results;
}

// What is known of Cholesky's factor.
inline const LinearOperatorHints kHintsOfFactors{
    .is_non_singular = true, .is_self_adjoint = false, .is_positive_definite = {}, .is_square = true, .name = {}};

}  // namespace reflow::linalg
