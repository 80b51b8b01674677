#include "reflow/client/collections.h"

#include <regex>

#include "reflow/client/errors.h"
#include "reflow/client/variable.h"

namespace reflow::client {

bool matches_scope(const std::string& name, std::string_view scope) {
  try {
    const std::regex pattern(scope.begin(), scope.end());
    return std::regex_search(name, pattern, std::regex_constants::match_continuous);
  } catch (const std::regex_error&) {
    return name.starts_with(scope);
  }
}

std::string name_of_item(const std::any& item) {
  if (const auto* output = std::any_cast<Output>(&item)) return output->name();
  if (const auto* operation = std::any_cast<Operation>(&item)) return operation->name();
  if (const auto* variable = std::any_cast<Variable>(&item)) return variable->name();
  return "";
}

void throw_wrong_item(std::string_view collection, const std::any& item) {
  const std::string name = name_of_item(item);
  throw TypeError("Collection '" + std::string(collection) + "' holds an item of another type" +
                  (name.empty() ? "" : ": " + name));
}

}  // namespace reflow::client
