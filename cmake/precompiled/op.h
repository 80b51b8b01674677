// For the op families: the op author's kit.
#pragma once

#include <precompiled/base.h>

#include "reflow/op/op.h"
