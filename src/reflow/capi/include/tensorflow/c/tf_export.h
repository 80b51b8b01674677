#ifndef TENSORFLOW_C_TF_EXPORT_H_
#define TENSORFLOW_C_TF_EXPORT_H_

/* What marks the functions of the library. C99 and C++ alike. */
#ifdef __cplusplus
#define TF_CAPI_EXPORT extern "C" __attribute__((visibility("default")))
#else
#define TF_CAPI_EXPORT extern __attribute__((visibility("default")))
#endif

#endif
