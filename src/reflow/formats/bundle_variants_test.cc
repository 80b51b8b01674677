#include "reflow/formats/bundle_variants.h"

#include <gtest/gtest.h>

#include "reflow/io/crc32c.h"
#include "reflow/tensor/serialized_variant.h"

namespace reflow::formats {
namespace {

// What TensorFlow 1.15.5 has saved of an iterator over Dataset.range(8), of which three elements had been taken.
const std::string kMessage("\x0a\x14tensorflow::Iterator\x12\x1d@@Iterator::Model::Range:next\x1a\x07\x08\x09\x12\x00R\x01\x03", 62);
const std::string kSaved = ">" + kMessage + "\x8f#\xdeT";
constexpr uint32_t kMaskedCrcOfEntry = 0x4d515a19;

TEST(BundleVariants, AreReadAsTensorFlowWrites) {
  Variant variant;
  uint32_t crc = 0;
  ASSERT_TRUE(decode_variants(kSaved, {&variant, 1}, false, &crc).ok());
  EXPECT_EQ(variant.type_name(), "tensorflow::Iterator");
  EXPECT_EQ(variant.get<SerializedVariant>()->bytes, kMessage);
  EXPECT_EQ(io::mask_crc(crc), kMaskedCrcOfEntry);
}

TEST(BundleVariants, AreWrittenByteForByte) {
  const Variant variant = Variant::of("tensorflow::Iterator", SerializedVariant{kMessage});
  const auto encoded = encode_variants({&variant, 1});
  ASSERT_TRUE(encoded.ok());
  EXPECT_EQ(encoded->bytes, kSaved);
  EXPECT_EQ(io::mask_crc(encoded->crc), kMaskedCrcOfEntry);
}

TEST(BundleVariants, SeveralComeBack) {
  const std::vector<Variant> variants = {Variant::of("A", SerializedVariant{"\x0a\x01"
                                                                            "A"}), Variant()};
  const auto encoded = encode_variants(variants);
  std::vector<Variant> back(2);
  uint32_t crc = 0;
  ASSERT_TRUE(decode_variants(encoded->bytes, back, false, &crc).ok());
  EXPECT_EQ(crc, encoded->crc);
  EXPECT_EQ(back[0].type_name(), "A");
  EXPECT_TRUE(back[1].empty());
}

TEST(BundleVariants, DamageIsFound) {
  Variant variant;
  uint32_t crc = 0;
  const auto message = [&](const std::string& bytes) {
    return std::string(message_of(decode_variants(bytes, {&variant, 1}, false, &crc)));
  };
  std::string damaged = kSaved;
  damaged[10] = 'X';
  EXPECT_TRUE(message(damaged).starts_with("The checksum after Variant does not match."));
  EXPECT_EQ(message(kSaved.substr(0, 60)), "Variants of more than the 60 bytes that are there");
  EXPECT_EQ(message(""), "Variants of more than the 0 bytes that are there");
  EXPECT_EQ(message(kSaved + "x"), "1 bytes after the last variant");
}

TEST(BundleVariants, WhatHasNoSerializedFormIsAnError) {
  const Variant variant = Variant::of("X", 1);
  EXPECT_EQ(message_of(encode_variants({&variant, 1}).status()), "Variant of type X cannot be serialized");
}

}  // namespace
}  // namespace reflow::formats
