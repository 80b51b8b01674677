#pragma once

// Which sanitizer watches this build: REFLOW_ADDRESS_SANITIZER, REFLOW_THREAD_SANITIZER. GCC says so by macros, Clang 14 by
// features.
#if defined(__SANITIZE_ADDRESS__)
#define REFLOW_ADDRESS_SANITIZER 1
#elif defined(__SANITIZE_THREAD__)
#define REFLOW_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REFLOW_ADDRESS_SANITIZER 1
#elif __has_feature(thread_sanitizer)
#define REFLOW_THREAD_SANITIZER 1
#endif
#endif
