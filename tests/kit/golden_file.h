#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

// Files below tests/data, which tests compare with. All functions throw std::runtime_error with the path when a file is
// missing or damaged, which GoogleTest reports as a failure.
namespace reflow::testing {

// The path of `name` ("tf-1.15/ops.pbtxt") below $REFLOW_TEST_DATA or, when that is not set, below tests/data of the
// source tree that the test was built from. The file need not exist.
std::string golden_path(std::string_view name);

// The contents of `name`; of `name`.gz, decompressed, when only that exists. A name that ends in .gz is decompressed too.
std::string read_golden(std::string_view name);

// `name` parsed: one JSON value.
nlohmann::json read_golden_json(std::string_view name);

// `name` parsed as one JSON value a line; empty lines are skipped.
std::vector<nlohmann::json> read_golden_jsonl(std::string_view name);

// The members of a gzip file, decompressed and joined. `what` names it in messages.
std::string gunzip(std::string_view compressed, std::string_view what);

}  // namespace reflow::testing
