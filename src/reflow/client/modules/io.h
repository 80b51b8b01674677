#pragma once

// tf.io: files, and what is in them. What other headers have in namespace reflow by the names of this module.

#include "reflow/client/image_codecs.h"
#include "reflow/client/io_ops.h"
#include "reflow/client/parsing_ops.h"
#include "reflow/client/queue.h"
#include "reflow/client/sparse_ops.h"
#include "reflow/client/tf_record.h"

namespace reflow::io {

using image::decode_and_crop_jpeg;
using image::decode_bmp;
using image::decode_gif;
using image::decode_image;
using image::decode_jpeg;
using image::decode_png;
using image::encode_jpeg;
using image::extract_jpeg_shape;
using image::is_jpeg;
using python_io::tf_record_iterator;
using python_io::TFRecordCompressionType;
using python_io::TFRecordOptions;
using python_io::TFRecordWriter;
using reflow::decode_base64;
using reflow::decode_compressed;
using reflow::decode_csv;
using reflow::decode_json_example;
using reflow::decode_raw;
using reflow::deserialize_many_sparse;
using reflow::encode_base64;
using reflow::FixedLenFeature;
using reflow::FixedLenSequenceFeature;
using reflow::matching_files;
using reflow::PaddingFIFOQueue;
using reflow::parse_example;
using reflow::parse_single_example;
using reflow::parse_tensor;
using reflow::PriorityQueue;
using reflow::RandomShuffleQueue;
using reflow::read_file;
using reflow::serialize_many_sparse;
using reflow::serialize_sparse;
using reflow::serialize_tensor;
using reflow::VarLenFeature;
using reflow::write_file;

}  // namespace reflow::io
