#pragma once

#include <omp.h>

namespace reflow::onednn {

// While it lives, oneDNN (which runs on OpenMP) uses the calling thread only. OpenMP keeps the number of threads for
// each thread of the process: what the thread had is put back, since it may belong to the user.
class SingleThreaded {
 public:
  SingleThreaded() : saved_(omp_get_max_threads()) {
    if (saved_ != 1) omp_set_num_threads(1);
  }
  ~SingleThreaded() {
    if (saved_ != 1) omp_set_num_threads(saved_);
  }
  SingleThreaded(const SingleThreaded&) = delete;
  SingleThreaded& operator=(const SingleThreaded&) = delete;

 private:
  int saved_;
};

}  // namespace reflow::onednn
