#define _DEFAULT_SOURCE
#include "reflow/capi/program/show.h"

#include <unistd.h>

TF_Status* s;

/* The name of this machine, which some messages have, is printed as HOST. */
void show_status(const char* what) {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  const char* message = TF_Message(s);
  const char* at = host[0] ? strstr(message, host) : NULL;
  if (at) {
    printf("%s: %d %.*sHOST%s\n", what, TF_GetCode(s), (int)(at - message), message, at + strlen(host));
  } else {
    printf("%s: %d %s\n", what, TF_GetCode(s), message);
  }
  TF_SetStatus(s, TF_OK, "");
}

static void show_strings(const TF_Tensor* t, int64_t n) {
  const char* base = TF_TensorData(t);
  const uint64_t* offsets = TF_TensorData(t);
  const char* limit = base + TF_TensorByteSize(t);
  for (int64_t i = 0; i < n; ++i) {
    const char *from = base + 8 * n + offsets[i], *text;
    size_t length;
    TF_StringDecode(from, (size_t)(limit - from), &text, &length, s);
    printf(" '%.*s'", (int)length, text);
  }
}

void show_tensor(const char* what, const TF_Tensor* t) {
  if (t == NULL) {
    printf("%s: none\n", what);
    return;
  }
  printf("%s: type %d [", what, TF_TensorType(t));
  for (int i = 0; i < TF_NumDims(t); ++i) printf("%s%lld", i ? "," : "", (long long)TF_Dim(t, i));
  const int64_t n = TF_TensorElementCount(t);
  printf("] %zu bytes:", TF_TensorByteSize(t));
  if (TF_TensorType(t) == TF_STRING) show_strings(t, n);
  for (int64_t i = 0; i < n; ++i) {
    const void* data = TF_TensorData(t);
    switch (TF_TensorType(t)) {
      case TF_FLOAT: printf(" %g", ((const float*)data)[i]); break;
      case TF_DOUBLE: printf(" %g", ((const double*)data)[i]); break;
      case TF_INT32: printf(" %d", ((const int32_t*)data)[i]); break;
      case TF_INT64: printf(" %lld", (long long)((const int64_t*)data)[i]); break;
      case TF_BOOL: printf(" %d", ((const unsigned char*)data)[i]); break;
      default: break;
    }
  }
  printf("\n");
}

TF_Tensor* floats(const float* values, const int64_t* dims, int rank) {
  int64_t n = 1;
  for (int i = 0; i < rank; ++i) n *= dims[i];
  TF_Tensor* t = TF_AllocateTensor(TF_FLOAT, dims, rank, n * sizeof(float));
  memcpy(TF_TensorData(t), values, n * sizeof(float));
  return t;
}

TF_Tensor* scalar_float(float value) { return floats(&value, NULL, 0); }

TF_Tensor* scalar_int(int value) {
  TF_Tensor* t = TF_AllocateTensor(TF_INT32, NULL, 0, sizeof(int32_t));
  *(int32_t*)TF_TensorData(t) = value;
  return t;
}

TF_Tensor* string_tensor(const char* const* values, int n) {
  const int count = n < 0 ? 1 : n;
  size_t size = 0;
  for (int i = 0; i < count; ++i) size += 8 + TF_StringEncodedSize(strlen(values[i]));
  const int64_t dims[1] = {n};
  TF_Tensor* t = TF_AllocateTensor(TF_STRING, dims, n < 0 ? 0 : 1, size);
  char* base = TF_TensorData(t);
  uint64_t offset = 0;
  for (int i = 0; i < count; ++i) {
    ((uint64_t*)(void*)base)[i] = offset;
    offset += TF_StringEncode(values[i], strlen(values[i]), base + 8 * count + offset, size - 8 * count - offset, s);
  }
  return t;
}

TF_Output out(TF_Operation* op, int index) {
  const TF_Output o = {op, index};
  return o;
}

static TF_Operation* finish(TF_OperationDescription* d) {
  TF_Operation* op = TF_FinishOperation(d, s);
  if (TF_GetCode(s) != TF_OK) show_status("finish");
  return op;
}

TF_Operation* placeholder(TF_Graph* g, const char* name, TF_DataType type) {
  TF_OperationDescription* d = TF_NewOperation(g, "Placeholder", name);
  TF_SetAttrType(d, "dtype", type);
  return finish(d);
}

TF_Operation* constant(TF_Graph* g, const char* name, TF_Tensor* value) {
  TF_OperationDescription* d = TF_NewOperation(g, "Const", name);
  TF_SetAttrTensor(d, "value", value, s);
  TF_SetAttrType(d, "dtype", TF_TensorType(value));
  TF_DeleteTensor(value);
  return finish(d);
}

TF_Operation* unary(TF_Graph* g, const char* op, const char* name, TF_Output x) {
  TF_OperationDescription* d = TF_NewOperation(g, op, name);
  TF_AddInput(d, x);
  return finish(d);
}

TF_Operation* binary(TF_Graph* g, const char* op, const char* name, TF_Output x, TF_Output y) {
  TF_OperationDescription* d = TF_NewOperation(g, op, name);
  TF_AddInput(d, x);
  TF_AddInput(d, y);
  return finish(d);
}

TF_Session* new_session(TF_Graph* g) {
  TF_SessionOptions* options = TF_NewSessionOptions();
  TF_Session* session = TF_NewSession(g, options, s);
  TF_DeleteSessionOptions(options);
  if (TF_GetCode(s) != TF_OK) show_status("new session");
  return session;
}

void close_session(TF_Session* session) {
  TF_CloseSession(session, s);
  show_status("close");
  TF_DeleteSession(session, s);
  show_status("delete");
}

void show_run(const char* what, TF_Session* session, TF_Output x, TF_Tensor* value, TF_Output y) {
  TF_Tensor* result = NULL;
  TF_SessionRun(session, NULL, &x, &value, x.oper ? 1 : 0, &y, &result, 1, NULL, 0, NULL, s);
  if (TF_GetCode(s) != TF_OK) {
    show_status(what);
  } else {
    show_tensor(what, result);
  }
  if (result) TF_DeleteTensor(result);
}

void show_graph(const char* what, TF_Graph* g) {
  size_t pos = 0;
  TF_Operation* op;
  printf("%s:\n", what);
  while ((op = TF_GraphNextOperation(g, &pos)) != NULL) {
    printf("  %s = %s(", TF_OperationName(op), TF_OperationOpType(op));
    for (int i = 0; i < TF_OperationNumInputs(op); ++i) {
      const TF_Input input = {op, i};
      const TF_Output from = TF_OperationInput(input);
      printf("%s%s:%d", i ? ", " : "", TF_OperationName(from.oper), from.index);
    }
    TF_Operation* controls[8];
    const int n = TF_OperationGetControlInputs(op, controls, 8);
    for (int i = 0; i < n; ++i) printf(" ^%s", TF_OperationName(controls[i]));
    printf(") device '%s'\n", TF_OperationDevice(op));
  }
}
