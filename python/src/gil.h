#pragma once

// Python's lock while C++ works, on threads that may outlive the interpreter.

#include <cxxabi.h>
#include <unistd.h>

#include <atomic>

#include "bindings.h"

namespace reflow::python {

inline bool interpreter_is_ending() {
#if PY_VERSION_HEX >= 0x030D0000
  return Py_IsFinalizing() != 0;
#else
  return _Py_IsFinalizing() != 0;
#endif
}

// Calls `f`, which may wait for the lock. When the main thread has left its program, Python ends each daemon thread that
// wants the lock again by unwinding its stack, and the first frame that may not throw ends the process instead, with an
// abort. Such a thread stops here, until the process has ended; Python itself does so from version 3.14 on.
template <typename F>
decltype(auto) or_stop_with_the_interpreter(const F& f) {
  try {
    return f();
  } catch (abi::__forced_unwind&) {
    while (true) ::pause();
  }
}

// Other Python threads run while one of these lives.
class ReleasedGil {
 public:
  ReleasedGil() : state_(PyEval_SaveThread()) { alive.fetch_add(1, std::memory_order_relaxed); }
  ~ReleasedGil() {
    or_stop_with_the_interpreter([this] { PyEval_RestoreThread(state_); });
    alive.fetch_sub(1, std::memory_order_relaxed);
  }
  ReleasedGil(const ReleasedGil&) = delete;
  ReleasedGil& operator=(const ReleasedGil&) = delete;

  inline static std::atomic<int> alive{0};

 private:
  PyThreadState* const state_;
};

// Lets the process end at once when Python has ended and threads are still in the engine, without destroying what these
// use.
void end_with_threads_in_the_engine();

}  // namespace reflow::python
