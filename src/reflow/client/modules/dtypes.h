#pragma once

// tf.dtypes. What other headers have in namespace reflow by the names of this module.

#include "reflow/client/dtypes.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/string_ops.h"

namespace reflow::dtypes {

using reflow::as_dtype;
using reflow::as_string;
using reflow::bfloat16;
using reflow::bool_;
using reflow::cast;
using reflow::complex;
using reflow::complex128;
using reflow::complex64;
using reflow::float16;
using reflow::float32;
using reflow::float64;
using reflow::half;
using reflow::int16;
using reflow::int32;
using reflow::int64;
using reflow::int8;
using reflow::qint16;
using reflow::qint32;
using reflow::qint8;
using reflow::quint16;
using reflow::quint8;
using reflow::resource;
using reflow::saturate_cast;
using reflow::string;
using reflow::uint16;
using reflow::uint32;
using reflow::uint64;
using reflow::uint8;
using reflow::variant;

}  // namespace reflow::dtypes
