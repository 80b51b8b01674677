// For tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <precompiled/base.h>
