#pragma once

#include <vector>

#include "reflow/runtime/session_backend.h"
#include "tensorflow/c/c_api.h"

struct TF_DeviceList {
  std::vector<reflow::runtime::DeviceDescription> devices;
};
