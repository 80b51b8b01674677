/* Setting attributes and reading them. The operations are of functions' library ops and internal names ("_x"), which any
 * operation may carry. */
#include "reflow/capi/program/show.h"

static TF_Graph* g;
static int number;

/* An operation with attributes of its own choice: those that begin with "_" aren't checked. */
static TF_OperationDescription* begin(void) {
  char name[16];
  snprintf(name, sizeof name, "op%d", number++);
  return TF_NewOperation(g, "NoOp", name);
}

static TF_Operation* end(const char* what, TF_OperationDescription* d) {
  TF_Operation* op = TF_FinishOperation(d, s);
  if (TF_GetCode(s) != TF_OK) show_status(what);
  if (op == NULL) exit(1);
  const TF_AttrMetadata m = TF_OperationGetAttrMetadata(op, "_a", s);
  printf("%s: list %d size %lld type %d total %lld\n", what, m.is_list, (long long)m.list_size,
         m.is_list && m.list_size == 0 ? 0 : m.type, (long long)m.total_size); /* an empty list has no type */
  if (TF_GetCode(s) != TF_OK) show_status(what);
  return op;
}

static void strings(void) {
  TF_OperationDescription* d = begin();
  TF_SetAttrString(d, "_a", "bunny", 5);
  TF_Operation* op = end("string", d);
  char value[8] = "-------";
  TF_OperationGetAttrString(op, "_a", value, 3, s);
  printf("%s\n", value);
  int64_t i;
  float f;
  unsigned char b;
  TF_DataType t;
  TF_Tensor* tensor = NULL;
  TF_OperationGetAttrInt(op, "_a", &i, s);
  show_status("as int");
  TF_OperationGetAttrFloat(op, "_a", &f, s);
  show_status("as float");
  TF_OperationGetAttrBool(op, "_a", &b, s);
  show_status("as bool");
  TF_OperationGetAttrType(op, "_a", &t, s);
  show_status("as type");
  TF_OperationGetAttrShape(op, "_a", &i, 1, s);
  show_status("as shape");
  TF_OperationGetAttrTensor(op, "_a", &tensor, s);
  show_status("as tensor");
  TF_OperationGetAttrIntList(op, "_a", &i, 1, s);
  show_status("as list");
  TF_OperationGetAttrString(op, "_b", value, 3, s);
  show_status("missing");
  TF_OperationGetAttrInt(op, "_b", &i, s);
  show_status("missing");
  TF_OperationGetAttrMetadata(op, "_b", s);
  show_status("missing");

  const char* const list[3] = {"bugs", "bunny", "duck"};
  const size_t sizes[3] = {4, 5, 4};
  d = begin();
  TF_SetAttrStringList(d, "_a", (const void* const*)list, sizes, 3);
  op = end("strings", d);
  void* values[3];
  size_t lengths[3];
  char storage[13];
  TF_OperationGetAttrStringList(op, "_a", values, lengths, 3, storage, 13, s);
  for (int k = 0; k < 3; ++k) printf("%.*s at %d\n", (int)lengths[k], (char*)values[k], (int)((char*)values[k] - storage));
  TF_OperationGetAttrStringList(op, "_a", values, lengths, 3, storage, 12, s);
  show_status("little storage");
  TF_OperationGetAttrString(op, "_a", value, 3, s);
  show_status("as string");
  d = begin();
  TF_SetAttrStringList(d, "_a", NULL, NULL, 0);
  end("no strings", d);
}

static void numbers(void) {
  TF_OperationDescription* d = begin();
  TF_SetAttrInt(d, "_a", 31);
  TF_Operation* op = end("int", d);
  int64_t i = 0, ints[3] = {1, 2, 3};
  TF_OperationGetAttrInt(op, "_a", &i, s);
  printf("%lld\n", (long long)i);
  char text[4];
  TF_OperationGetAttrString(op, "_a", text, 4, s);
  show_status("as string");
  d = begin();
  TF_SetAttrIntList(d, "_a", ints, 3);
  op = end("ints", d);
  memset(ints, 0, sizeof ints);
  TF_OperationGetAttrIntList(op, "_a", ints, 2, s);
  printf("%lld %lld %lld\n", (long long)ints[0], (long long)ints[1], (long long)ints[2]);
  float f = 0, fs[2] = {1.5f, -2};
  TF_OperationGetAttrFloatList(op, "_a", fs, 2, s);
  show_status("as floats");
  d = begin();
  TF_SetAttrFloat(d, "_a", 2.5f);
  op = end("float", d);
  TF_OperationGetAttrFloat(op, "_a", &f, s);
  d = begin();
  TF_SetAttrFloatList(d, "_a", fs, 2);
  op = end("floats", d);
  memset(fs, 0, sizeof fs);
  TF_OperationGetAttrFloatList(op, "_a", fs, 2, s);
  printf("%g %g %g\n", f, fs[0], fs[1]);
  unsigned char b = 7, bs[2] = {1, 0};
  d = begin();
  TF_SetAttrBool(d, "_a", 1);
  op = end("bool", d);
  TF_OperationGetAttrBool(op, "_a", &b, s);
  d = begin();
  TF_SetAttrBoolList(d, "_a", bs, 2);
  op = end("bools", d);
  bs[0] = bs[1] = 9;
  TF_OperationGetAttrBoolList(op, "_a", bs, 2, s);
  printf("%d %d %d\n", b, bs[0], bs[1]);
  TF_DataType t = 0, ts[2] = {TF_HALF, TF_STRING};
  d = begin();
  TF_SetAttrType(d, "_a", TF_COMPLEX128);
  op = end("type", d);
  TF_OperationGetAttrType(op, "_a", &t, s);
  d = begin();
  TF_SetAttrTypeList(d, "_a", ts, 2);
  op = end("types", d);
  ts[0] = ts[1] = 0;
  TF_OperationGetAttrTypeList(op, "_a", ts, 2, s);
  printf("%d %d %d\n", t, ts[0], ts[1]);
}

static void shapes(void) {
  const int64_t partial[2] = {17, -1}, full[3] = {1, 2, 3};
  TF_OperationDescription* d = begin();
  TF_SetAttrShape(d, "_a", partial, 2);
  TF_Operation* op = end("shape", d);
  int64_t dims[3] = {0, 0, 0};
  TF_OperationGetAttrShape(op, "_a", dims, 2, s);
  printf("%lld %lld\n", (long long)dims[0], (long long)dims[1]);
  TF_Buffer* b = TF_NewBuffer();
  TF_OperationGetAttrTensorShapeProto(op, "_a", b, s);
  printf("proto %zu bytes\n", b->length);
  d = begin();
  TF_SetAttrTensorShapeProto(d, "_a", b->data, b->length, s);
  end("shape of a proto", d);
  const void* protos[2] = {b->data, b->data};
  const size_t lengths[2] = {b->length, b->length};
  d = begin();
  TF_SetAttrTensorShapeProtoList(d, "_a", protos, lengths, 2, s);
  op = end("shapes of protos", d);
  TF_Buffer* buffers[2];
  TF_OperationGetAttrTensorShapeProtoList(op, "_a", buffers, 2, s);
  for (int i = 0; i < 2; ++i) {
    printf("proto %zu bytes\n", buffers[i]->length);
    TF_DeleteBuffer(buffers[i]);
  }
  TF_DeleteBuffer(b);
  d = begin();
  TF_SetAttrTensorShapeProto(d, "_a", "\xff\xff", 2, s);
  show_status("bad proto");
  TF_SetAttrTensorShapeProtoList(d, "_a", protos, (const size_t[2]){1, 1}, 0, s);
  show_status("no protos");
  TF_FinishOperation(d, s);
  show_status("finished all the same");
  d = begin();
  TF_SetAttrShape(d, "_a", NULL, -1);
  end("unknown shape", d);
  const int64_t* list[3] = {partial, NULL, full};
  const int ranks[3] = {2, -1, 3};
  d = begin();
  TF_SetAttrShapeList(d, "_a", list, ranks, 3);
  op = end("shapes", d);
  int64_t *got[3], storage[5];
  int got_ranks[3];
  TF_OperationGetAttrShapeList(op, "_a", got, got_ranks, 3, storage, 5, s);
  printf("%d %lld, %d, %d %lld\n", got_ranks[0], (long long)got[0][0], got_ranks[1], got_ranks[2], (long long)got[2][2]);
  TF_OperationGetAttrShapeList(op, "_a", got, got_ranks, 3, storage, 4, s);
  show_status("little storage");
}

static void others(void) {
  const float values[2] = {1, 2};
  const int64_t dims[1] = {2};
  TF_Tensor *t = floats(values, dims, 1), *two[2] = {t, NULL}, *got[2] = {NULL, NULL};
  two[1] = scalar_int(7);
  TF_OperationDescription* d = begin();
  TF_SetAttrTensor(d, "_a", t, s);
  TF_Operation* op = end("tensor", d);
  TF_OperationGetAttrTensor(op, "_a", got, s);
  show_tensor("got", got[0]);
  TF_DeleteTensor(got[0]);
  d = begin();
  TF_SetAttrTensorList(d, "_a", two, 2, s);
  op = end("tensors", d);
  TF_OperationGetAttrTensorList(op, "_a", got, 2, s);
  for (int i = 0; i < 2; ++i) {
    show_tensor("got", got[i]);
    TF_DeleteTensor(got[i]);
    TF_DeleteTensor(two[i]);
  }
  d = begin();
  TF_SetAttrFuncName(d, "_a", "fn", 2);
  end("function", d);
  d = begin();
  TF_SetAttrPlaceholder(d, "_a", "v");
  end("placeholder", d);
  d = begin();
  TF_SetAttrValueProto(d, "_a", "\x18\x07", 2, s);
  op = end("proto", d);
  TF_Buffer* b = TF_NewBuffer();
  TF_OperationGetAttrValueProto(op, "_a", b, s);
  printf("proto %zu bytes %02x %02x\n", b->length, ((const unsigned char*)b->data)[0], ((const unsigned char*)b->data)[1]);
  TF_DeleteBuffer(b);
  d = begin();
  TF_SetAttrValueProto(d, "_a", "\x18", 1, s);
  show_status("bad proto");
  TF_SetAttrInt(d, "_a", 1);
  TF_SetAttrInt(d, "_a", 2);
  TF_FinishOperation(d, s);
  show_status("set twice");
}

void attributes_section(void) {
  g = TF_NewGraph();
  strings();
  numbers();
  shapes();
  others();
  TF_DeleteGraph(g);
}
