#define _POSIX_C_SOURCE 200112L
/* Status, buffers, tensors, strings. */
#include "reflow/capi/program/show.h"

static int freed;

static void count_free(void* data, size_t length, void* arg) {
  (void)data;
  (void)length;
  ++*(int*)arg;
}

static void free_buffer(void* data, size_t length) {
  (void)length;
  free(data);
  ++freed;
}

static void statuses(void) {
  TF_SetStatus(s, TF_CANCELLED, "cancellor");
  show_status("set");
  TF_SetStatus(s, TF_OK, "dropped");
  show_status("ok");
  printf("version %.4s\n", TF_Version());
  for (int t = 0; t <= 25; ++t) printf("size of %d: %zu\n", t, TF_DataTypeSize((TF_DataType)t));
}

static void buffers(void) {
  TF_Buffer* b = TF_NewBufferFromString("abc", 3);
  printf("buffer %zu %.3s\n", b->length, (const char*)b->data);
  TF_DeleteBuffer(b);
  b = TF_NewBuffer();
  const TF_Buffer copy = TF_GetBuffer(b);
  printf("empty %d %zu %d\n", copy.data == NULL, copy.length, copy.data_deallocator == NULL);
  b->data = malloc(8);
  b->length = 8;
  b->data_deallocator = free_buffer;
  TF_DeleteBuffer(b);
  printf("freed %d\n", freed);
}

static void tensors(void) {
  float* values = NULL;
  int count = 0;
  const int64_t dims[2] = {2, 3};
  if (posix_memalign((void**)(void*)&values, 64, 6 * sizeof(float) + 1) != 0) return; /* a byte more to read from an odd address */
  for (int i = 0; i < 6; ++i) values[i] = i + 1;
  TF_Tensor* t = TF_NewTensor(TF_FLOAT, dims, 2, values, 24, count_free, &count);
  show_tensor("new", t);
  printf("shared %d aligned %d freed %d\n", TF_TensorData(t) == values, TF_TensorIsAligned(t), count);
  printf("moved %d\n", TF_TensorMaybeMove(t) != NULL);

  const int64_t flat[1] = {6}, wrong[1] = {5}, wide[1] = {3};
  TF_Tensor* to = TF_AllocateTensor(TF_FLOAT, NULL, 0, 4);
  TF_TensorBitcastFrom(t, TF_INT32, to, flat, 1, s);
  show_status("bitcast");
  printf("type %d dims %d size %lld shared %d\n", TF_TensorType(to), TF_NumDims(to), (long long)TF_Dim(to, 0),
         TF_TensorData(to) == values);
  TF_TensorBitcastFrom(t, TF_INT64, to, wide, 1, s);
  show_status("bitcast to int64");
  TF_TensorBitcastFrom(t, TF_INT32, to, wrong, 1, s);
  show_status("bitcast to the wrong size");
  TF_DeleteTensor(t);
  printf("freed %d\n", count);
  TF_DeleteTensor(to);
  printf("freed %d\n", count);

  t = TF_NewTensor(TF_FLOAT, dims, 2, values, 20, count_free, &count);
  printf("too short: %d\n", t == NULL);
  t = TF_NewTensor(TF_FLOAT, dims, 2, (char*)values + 1, 24, count_free, &count);
  printf("badly aligned: shared %d aligned %d\n", TF_TensorData(t) == (char*)values + 1, TF_TensorIsAligned(t));
  TF_DeleteTensor(t);
  t = TF_AllocateTensor(TF_FLOAT, dims, 2, 24);
  printf("allocated %zu bytes, %d dims, %lld elements\n", TF_TensorByteSize(t), TF_NumDims(t),
         (long long)TF_TensorElementCount(t));
  printf("moved %d\n", TF_TensorMaybeMove(t) != NULL);
  TF_DeleteTensor(t);
  t = TF_AllocateTensor(TF_FLOAT, dims, 0, 4);
  printf("scalar: %d dims, %lld elements\n", TF_NumDims(t), (long long)TF_TensorElementCount(t));
  TF_DeleteTensor(t);
  const int64_t none[2] = {0, 3};
  t = TF_AllocateTensor(TF_INT64, none, 2, 0);
  show_tensor("empty", t);
  TF_DeleteTensor(t);
  free(values);
}

static void strings(void) {
  char encoded[300], text[200];
  memset(text, 'x', sizeof text);
  printf("sizes %zu %zu %zu %zu\n", TF_StringEncodedSize(0), TF_StringEncodedSize(127), TF_StringEncodedSize(128),
         TF_StringEncodedSize(20000));
  size_t n = TF_StringEncode("hello", 5, encoded, sizeof encoded, s);
  show_status("encode");
  printf("%zu bytes, first %d, then %.5s\n", n, encoded[0], encoded + 1);
  const char* decoded;
  size_t length;
  n = TF_StringDecode(encoded, n, &decoded, &length, s);
  show_status("decode");
  printf("%zu bytes: %.*s at %d\n", n, (int)length, decoded, (int)(decoded - encoded));
  n = TF_StringEncode(text, 200, encoded, sizeof encoded, s);
  printf("200: %zu bytes %d %d\n", n, (unsigned char)encoded[0], (unsigned char)encoded[1]);
  TF_StringEncode(text, 200, encoded, 201, s);
  show_status("encode into too little");
  TF_StringDecode("\xff\xff", 2, &decoded, &length, s);
  show_status("decode a cut length");
  TF_StringDecode("", 0, &decoded, &length, s);
  show_status("decode nothing");
  const char* const words[3] = {"one", "", "three"};
  TF_Tensor* t = string_tensor(words, 3);
  show_tensor("strings", t);
  TF_DeleteTensor(t);
}

void values_section(void) {
  statuses();
  buffers();
  tensors();
  strings();
}
