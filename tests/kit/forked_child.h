#pragma once

#include <gtest/gtest.h>

// Ends a test whose forked children begin threads where these can't: the thread sanitizer knows no thread that begins after
// a process of several threads has forked.
#ifdef __SANITIZE_THREAD__
#define SKIP_WITHOUT_THREADS_IN_CHILDREN() GTEST_SKIP() << "under the thread sanitizer forked children can't begin threads"
#else
#define SKIP_WITHOUT_THREADS_IN_CHILDREN() static_cast<void>(0)
#endif
