// Regular expressions of RE2's syntax: matching and replacing.

#include <re2/re2.h>

#include <memory>
#include <mutex>
#include <string>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

StatusOr<std::shared_ptr<const RE2>> compiled(const std::string& pattern) {
  auto regex = std::make_shared<const RE2>(pattern, RE2::Quiet);
  if (!regex->ok()) return invalid_argument("Invalid pattern: {}, error: {}", pattern, regex->error());
  return regex;
}

// The expression of the last run, which mostly is that of the next.
class CachedRegex {
 public:
  StatusOr<std::shared_ptr<const RE2>> get(const std::string& pattern) {
    const std::lock_guard lock(mutex_);
    if (regex_ == nullptr || regex_->pattern() != pattern) {
      ASSIGN_OR_RETURN(regex_, compiled(pattern));
    }
    return regex_;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const RE2> regex_;
};

constexpr double kMatchCostNs = 300;

// `rewrite` without the groups that the expression doesn't have: they stand for nothing, as in the RE2 of TensorFlow's
// time. Today's RE2 replaces nothing then.
std::string without_missing_groups(const RE2& regex, const std::string& rewrite) {
  std::string result;
  for (size_t i = 0; i < rewrite.size(); ++i) {
    if (rewrite[i] != '\\' || i + 1 == rewrite.size()) {
      result += rewrite[i];
      continue;
    }
    const char escaped = rewrite[++i];
    const bool is_missing = escaped >= '0' && escaped <= '9' && escaped - '0' > regex.NumberOfCapturingGroups();
    if (!is_missing) result.append({'\\', escaped});
  }
  return result;
}

void replace(KernelContext& c, const RE2& regex, const std::string& given_rewrite, bool global) {
  const std::string rewrite = without_missing_groups(regex, given_rewrite);
  const std::string* in = c.input(0).data<std::string>();
  std::string* out = c.output(0).data<std::string>();
  c.pool().parallel_for(c.input(0).num_elements(), kMatchCostNs, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      std::string text = in[i];
      if (global) {
        RE2::GlobalReplace(&text, regex, rewrite);
      } else {
        RE2::Replace(&text, regex, rewrite);
      }
      out[i] = std::move(text);
    }
  });
}

void match(KernelContext& c, const RE2& regex) {
  const std::string* in = c.input(0).data<std::string>();
  bool* out = c.output(0).data<bool>();
  c.pool().parallel_for(c.input(0).num_elements(), kMatchCostNs, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) out[i] = RE2::FullMatch(in[i], regex);
  });
}

Status check_scalar(const Tensor& t, std::string_view what) {
  if (t.rank() == 0) return OkStatus();
  return invalid_argument("{} must be scalar, but received {}", what, t.shape().str());
}

class RegexReplace : public Kernel {
 public:
  explicit RegexReplace(KernelInit& c) : global_(c.attr<bool>("replace_global")) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_scalar(c.input(1), "Pattern"));
    RETURN_IF_ERROR(check_scalar(c.input(2), "Rewrite"));
    ASSIGN_OR_RETURN(const auto regex, regex_.get(c.input(1).item<std::string>()));
    replace(c, *regex, c.input(2).item<std::string>(), global_);
    return OkStatus();
  }

 private:
  bool global_;
  CachedRegex regex_;
};

class RegexFullMatch : public Kernel {
 public:
  explicit RegexFullMatch(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_scalar(c.input(1), "Pattern"));
    ASSIGN_OR_RETURN(const auto regex, regex_.get(c.input(1).item<std::string>()));
    match(c, *regex);
    return OkStatus();
  }

 private:
  CachedRegex regex_;
};

class StaticRegexReplace : public Kernel {
 public:
  explicit StaticRegexReplace(KernelInit& c)
      : rewrite_(c.attr<std::string>("rewrite")), global_(c.attr<bool>("replace_global")) {
    auto regex = compiled(c.attr<std::string>("pattern"));
    if (regex.ok()) {
      regex_ = *std::move(regex);
    } else {
      c.fail(regex.status());
    }
  }
  Status compute(KernelContext& c) override {
    replace(c, *regex_, rewrite_, global_);
    return OkStatus();
  }

 private:
  std::string rewrite_;
  bool global_;
  std::shared_ptr<const RE2> regex_;
};

class StaticRegexFullMatch : public Kernel {
 public:
  explicit StaticRegexFullMatch(KernelInit& c) {
    auto regex = compiled(c.attr<std::string>("pattern"));
    if (regex.ok()) {
      regex_ = *std::move(regex);
    } else {
      c.fail(regex.status());
    }
  }
  Status compute(KernelContext& c) override {
    match(c, *regex_);
    return OkStatus();
  }

 private:
  std::shared_ptr<const RE2> regex_;
};

// Pattern and rewrite are scalars.
Status regex_shape(ShapeContext& c) {
  Shape scalar;
  for (int i = 1; i < c.num_inputs() && !c.concrete(); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
  return unchanged_shape(c);
}

REFLOW_OP("RegexReplace")
    .input("input: string")
    .input("pattern: string")
    .input("rewrite: string")
    .output("output: string")
    .attr("replace_global: bool = true")
    .doc("Each string with the first match of `pattern` (or every one, if `replace_global`) replaced by `rewrite`, in which "
         "\\1 to \\9 are the groups and \\0 the match.")
    .shape(regex_shape)
    .kernel<RegexReplace>(kCpu)
    .not_differentiable();

REFLOW_OP("RegexFullMatch")
    .input("input: string")
    .input("pattern: string")
    .output("output: bool")
    .doc("Tells of each string whether `pattern` matches the whole of it.")
    .shape(regex_shape)
    .kernel<RegexFullMatch>(kCpu);

REFLOW_OP("StaticRegexReplace")
    .input("input: string")
    .output("output: string")
    .attr("pattern: string")
    .attr("rewrite: string")
    .attr("replace_global: bool = true")
    .doc("RegexReplace with a pattern that is known beforehand.")
    .shape(unchanged_shape)
    .kernel<StaticRegexReplace>(kCpu);

REFLOW_OP("StaticRegexFullMatch")
    .input("input: string")
    .output("output: bool")
    .attr("pattern: string")
    .doc("RegexFullMatch with a pattern that is known beforehand.")
    .shape(unchanged_shape)
    .kernel<StaticRegexFullMatch>(kCpu);

}  // namespace
}  // namespace reflow::ops
