#pragma once

// tf.layers: layers of vectors, sequences, pictures and volumes.

#include "reflow/layers/convolutional.h"
#include "reflow/layers/core.h"
#include "reflow/layers/normalization.h"
#include "reflow/layers/pooling.h"
