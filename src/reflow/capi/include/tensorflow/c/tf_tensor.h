#ifndef TENSORFLOW_C_TF_TENSOR_H_
#define TENSORFLOW_C_TF_TENSOR_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tensorflow/c/tf_datatype.h"
#include "tensorflow/c/tf_status.h"

/* An array of elements of one type, row major, with its memory.
 *
 * A TF_STRING tensor is one block of bytes: for each element eight bytes, the offset of its text counted from the end of
 * these numbers, then the texts as TF_StringEncode writes them. A TF_RESOURCE tensor is a serialized ResourceHandleProto. */
typedef struct TF_Tensor TF_Tensor;

/* A tensor over the caller's memory, which the library reads but never writes. `deallocator(data, len, deallocator_arg)`
 * is called once, when the memory is no longer needed: at the latest with TF_DeleteTensor, at once where the memory is so
 * badly aligned that it is copied. Null: `len` is too small for the shape. */
TF_CAPI_EXPORT TF_Tensor* TF_NewTensor(TF_DataType dtype, const int64_t* dims, int num_dims, void* data, size_t len,
                                       void (*deallocator)(void *data, size_t len, void *arg), void* deallocator_arg);
/* A tensor with `len` bytes of new memory, uninitialised, to be filled through TF_TensorData. */
TF_CAPI_EXPORT TF_Tensor* TF_AllocateTensor(TF_DataType dtype, const int64_t* dims, int num_dims, size_t len);
/* The tensor's memory in a new tensor, where nobody else holds it; else null. The old one is to be deleted either way. */
TF_CAPI_EXPORT TF_Tensor* TF_TensorMaybeMove(TF_Tensor* tensor);
TF_CAPI_EXPORT void TF_DeleteTensor(TF_Tensor* tensor);
TF_CAPI_EXPORT TF_DataType TF_TensorType(const TF_Tensor* tensor);
TF_CAPI_EXPORT int TF_NumDims(const TF_Tensor* tensor);
/* REQUIRES: 0 <= dim_index < TF_NumDims(tensor). */
TF_CAPI_EXPORT int64_t TF_Dim(const TF_Tensor* tensor, int dim_index);
TF_CAPI_EXPORT size_t TF_TensorByteSize(const TF_Tensor* tensor);
TF_CAPI_EXPORT void* TF_TensorData(const TF_Tensor* tensor);
TF_CAPI_EXPORT int64_t TF_TensorElementCount(const TF_Tensor* tensor);
/* Makes `to` the memory of `from`, seen as another type and shape of as many bytes. InvalidArgument: not as many. */
TF_CAPI_EXPORT void TF_TensorBitcastFrom(const TF_Tensor* from, TF_DataType type, TF_Tensor* to,
                                         const int64_t* new_dims, int num_new_dims, TF_Status* status);
/* False: the memory begins where vector instructions are slow. */
TF_CAPI_EXPORT bool TF_TensorIsAligned(const TF_Tensor* tensor);

/* Writes a string of a TF_STRING tensor: its length as a varint, then its bytes; returns how many bytes that are.
 * InvalidArgument: dst_len is less than TF_StringEncodedSize(src_len). */
TF_CAPI_EXPORT size_t TF_StringEncode(const char* src, size_t src_len, char* dst, size_t dst_len, TF_Status* status);
/* Finds the string that begins at `src`: *dst points into `src`. Returns how many bytes it takes there.
 * InvalidArgument: it goes on beyond src_len. */
TF_CAPI_EXPORT size_t TF_StringDecode(const char* src, size_t src_len, const char** dst, size_t* dst_len,
                                      TF_Status* status);
TF_CAPI_EXPORT size_t TF_StringEncodedSize(size_t len);

#endif
