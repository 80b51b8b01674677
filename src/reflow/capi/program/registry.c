/* Ops, kernels, API definitions, libraries, log listener. */
#include "reflow/capi/program/show.h"

/* Where `text` stands in the bytes of a message; -1: nowhere. */
static long find(const TF_Buffer* b, const char* text) {
  const size_t n = strlen(text);
  for (size_t i = 0; i + n <= b->length; ++i) {
    if (memcmp((const char*)b->data + i, text, n) == 0) return (long)i;
  }
  return -1;
}

static void ops(void) {
  TF_Buffer* b = TF_GetAllOpList();
  printf("ops: MatMul %d, Conv2D %d, NoSuchOp %d\n", find(b, "\x06MatMul") > 0, find(b, "\x06" "Conv2D") > 0, find(b, "NoSuchOp") >= 0);
  TF_ApiDefMap* map = TF_NewApiDefMap(b, s);
  show_status("map");
  TF_DeleteBuffer(b);
  const char override[] = "op: < graph_op_name: 'MatMul' summary: 'Multiplies.' endpoint { name: 'times' } >";
  TF_ApiDefMapPut(map, override, sizeof override - 1, s);
  show_status("put");
  const char unknown[] = "op: < graph_op_name: 'NoSuchOp' >";
  TF_ApiDefMapPut(map, unknown, sizeof unknown - 1, s);
  printf("unknown op %d\n", TF_GetCode(s));
  TF_SetStatus(s, TF_OK, "");
  TF_ApiDefMapPut(map, "garbage", 7, s);
  printf("garbage %d\n", TF_GetCode(s));
  TF_SetStatus(s, TF_OK, "");
  b = TF_ApiDefMapGet(map, "MatMul", 6, s);
  show_status("get");
  printf("MatMul: name at %ld, times %d, summary %d, transpose_a %d\n", find(b, "MatMul"), find(b, "times") > 0,
         find(b, "Multiplies.") > 0, find(b, "transpose_a") > 0);
  TF_DeleteBuffer(b);
  b = TF_ApiDefMapGet(map, "NoSuchOp", 8, s);
  show_status("get");
  printf("null %d\n", b == NULL);
  TF_ApiDefMapPut(map, override, sizeof override - 1, s);
  show_status("put after get");
  TF_DeleteApiDefMap(map);
}

static void kernels(void) {
  TF_Buffer* b = TF_GetAllRegisteredKernels(s);
  show_status("kernels");
  printf("MatMul %d\n", find(b, "MatMul") > 0);
  TF_DeleteBuffer(b);
  b = TF_GetRegisteredKernelsForOp("NoSuchOp", s);
  show_status("kernels of no op");
  printf("%zu bytes\n", b->length);
  TF_DeleteBuffer(b);
  b = TF_GetRegisteredKernelsForOp("Neg", s);
  show_status("kernels of Neg");
  printf("Neg %d CPU %d MatMul %d\n", find(b, "Neg") > 0, find(b, "CPU") > 0, find(b, "MatMul") >= 0);
  TF_DeleteBuffer(b);
}

static void listener(const char* message) { (void)message; }

void registry_section(void) {
  ops();
  kernels();
  TF_Library* library = TF_LoadLibrary("/no/such/library.so", s);
  printf("library null %d, code %d\n", library == NULL, TF_GetCode(s));
  TF_SetStatus(s, TF_OK, "");
  TF_RegisterLogListener(listener);
}
