// For the rooms of the C++ API: what each file that builds nodes includes.
#pragma once

#include <precompiled/base.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"
#include "reflow/client/tensor_like.h"
