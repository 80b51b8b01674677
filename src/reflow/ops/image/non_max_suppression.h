#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <queue>
#include <vector>

namespace reflow::ops {

// The area that two boxes (any two opposite corners) share, in parts of what they cover together.
inline float overlap_of_boxes(const float* a, const float* b) {
  const float a_y0 = std::min(a[0], a[2]), a_x0 = std::min(a[1], a[3]), a_y1 = std::max(a[0], a[2]), a_x1 = std::max(a[1], a[3]);
  const float b_y0 = std::min(b[0], b[2]), b_x0 = std::min(b[1], b[3]), b_y1 = std::max(b[0], b[2]), b_x1 = std::max(b[1], b[3]);
  const float a_area = (a_y1 - a_y0) * (a_x1 - a_x0), b_area = (b_y1 - b_y0) * (b_x1 - b_x0);
  if (a_area <= 0 || b_area <= 0) return 0;
  const float height = std::max(std::min(a_y1, b_y1) - std::max(a_y0, b_y0), 0.0f),
              width = std::max(std::min(a_x1, b_x1) - std::max(a_x0, b_x0), 0.0f);
  return height * width / (a_area + b_area - height * width);
}

struct Selected {
  std::vector<int32_t> indices;
  std::vector<float> scores;
};

struct Suppression {
  int64_t max_size = 0;
  float overlap_threshold = 0.5f;
  float score_threshold = std::numeric_limits<float>::lowest();
  float soft_sigma = 0;  // above 0: overlapping boxes lose score instead of being left out
};

// Of `scores`, where overlap(i, j) tells how much two boxes overlap. Of equal scores the first comes first.
template <typename Overlap>
Selected suppress(const std::vector<float>& scores, const Suppression& s, Overlap&& overlap) {
  struct Candidate {
    int32_t index;
    float score;
    size_t met;  // so many of the chosen boxes have had their effect
    bool operator<(const Candidate& other) const {
      return score == other.score ? index > other.index : score < other.score;
    }
  };
  std::priority_queue<Candidate> candidates;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] > s.score_threshold) candidates.push({static_cast<int32_t>(i), scores[i], 0});
  }
  const bool soft = s.soft_sigma > 0;
  Selected chosen;
  while (static_cast<int64_t>(chosen.indices.size()) < s.max_size && !candidates.empty()) {
    Candidate next = candidates.top();
    candidates.pop();
    const float score = next.score;
    bool left_out = false;
    for (size_t j = chosen.indices.size(); j > next.met; --j) {
      const float shared = overlap(next.index, chosen.indices[j - 1]);
      if (soft) {
        next.score *= shared <= s.overlap_threshold ? std::exp(-0.5f / s.soft_sigma * shared * shared) : 0.0f;
        if (next.score <= s.score_threshold) break;
      } else if (shared > s.overlap_threshold) {
        left_out = true;
        break;
      }
    }
    if (left_out) continue;
    next.met = chosen.indices.size();
    if (next.score == score) {
      chosen.indices.push_back(next.index);
      chosen.scores.push_back(score);
    } else if (next.score > s.score_threshold) {
      candidates.push(next);
    }
  }
  return chosen;
}

}  // namespace reflow::ops
