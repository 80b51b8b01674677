#pragma once

#include "reflow/contrib/learn/datasets/mnist.h"

// The name that the tutorials import it by.
namespace reflow::examples::tutorials::mnist::input_data {

using contrib::learn::datasets::Batch;
using contrib::learn::datasets::DataSet;
using contrib::learn::datasets::Datasets;
using contrib::learn::datasets::read_data_sets;
using contrib::learn::datasets::ReadDataSetsOptions;

}  // namespace reflow::examples::tutorials::mnist::input_data
