/* Other ways to a session: partial runs, devices, the older kind, SavedModels, servers. */
#include "reflow/capi/program/show.h"

static void partial(void) {
  TF_Graph* g = TF_NewGraph();
  const TF_Output a = out(placeholder(g, "a", TF_FLOAT), 0), b = out(placeholder(g, "b", TF_FLOAT), 0);
  const TF_Output two = out(constant(g, "two", scalar_float(2)), 0);
  const TF_Output plus2 = out(binary(g, "Add", "plus2", a, two), 0), plusb = out(binary(g, "Add", "plusb", plus2, b), 0);
  TF_Session* session = new_session(g);
  const TF_Output feeds[2] = {a, b}, fetches[2] = {plus2, plusb};
  const char* handle = NULL;
  TF_SessionPRunSetup(session, feeds, 2, fetches, 2, NULL, 0, &handle, s);
  show_status("setup");
  TF_Tensor *one = scalar_float(1), *four = scalar_float(4), *result = NULL;
  TF_SessionPRun(session, handle, feeds, &one, 1, fetches, &result, 1, NULL, 0, s);
  show_status("first");
  show_tensor("1 + 2", result);
  TF_DeleteTensor(result);
  TF_SessionPRun(session, handle, feeds + 1, &four, 1, fetches + 1, &result, 1, NULL, 0, s);
  show_status("second");
  show_tensor("1 + 2 + 4", result);
  TF_DeleteTensor(result);
  TF_DeletePRunHandle(handle);
  TF_SessionPRun(session, "nothing", feeds, &one, 1, fetches, &result, 1, NULL, 0, s);
  show_status("unknown handle");
  TF_DeleteTensor(one);
  TF_DeleteTensor(four);
  close_session(session);
  TF_DeleteGraph(g);
}

static void devices(void) {
  TF_Graph* g = TF_NewGraph();
  TF_SessionOptions* options = TF_NewSessionOptions();
  TF_SetConfig(options, "\xff\xff", 2, s);
  show_status("bad config");
  TF_SetConfig(options, "\x0a\x07\x0a\x03" "CPU\x10\x02", 9, s); /* device_count: {CPU: 2} */
  show_status("config");
  TF_Session* session = TF_NewSession(g, options, s);
  show_status("session");
  TF_DeviceList* list = TF_SessionListDevices(session, s);
  show_status("list");
  int shown = 0;
  for (int i = 0; i < TF_DeviceListCount(list); ++i) {
    if (strcmp(TF_DeviceListType(list, i, s), "CPU") != 0) continue; /* TensorFlow's packages have one for XLA too */
    printf("%s, memory %d, ok %d\n", TF_DeviceListName(list, i, s), TF_DeviceListMemoryBytes(list, i, s) > 0, TF_GetCode(s) == TF_OK);
    TF_DeviceListIncarnation(list, i, s);
    ++shown;
  }
  printf("%d CPUs\n", shown);
  printf("null %d\n", TF_DeviceListName(list, 50, s) == NULL);
  show_status("beyond");
  TF_DeviceListType(list, -1, s);
  show_status("before");
  TF_DeleteDeviceList(list);
  close_session(session);
  TF_SetTarget(options, "nowhere://x");
  printf("null %d\n", TF_NewSession(g, options, s) == NULL);
  printf("unknown target %d\n", TF_GetCode(s));
  TF_SetStatus(s, TF_OK, "");
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(g);
}

static TF_Buffer* sample(void) {
  TF_Graph* g = TF_NewGraph();
  const TF_Output x = out(placeholder(g, "x", TF_FLOAT), 0);
  binary(g, "Add", "sum", x, out(constant(g, "one", scalar_float(1)), 0));
  TF_Buffer* b = TF_NewBuffer();
  TF_GraphToGraphDef(g, b, s);
  TF_DeleteGraph(g);
  return b;
}

static void older(void) {
  TF_SessionOptions* options = TF_NewSessionOptions();
  TF_DeprecatedSession* session = TF_NewDeprecatedSession(options, s);
  show_status("older session");
  TF_Buffer* b = sample();
  TF_ExtendGraph(session, b->data, b->length, s);
  show_status("extend");
  TF_ExtendGraph(session, "\xff", 1, s);
  show_status("extend with garbage");
  TF_DeleteBuffer(b);
  const char *inputs[1] = {"x:0"}, *outputs[2] = {"sum:0", "one"}, *targets[1] = {"sum"}, *unknown[1] = {"nobody:0"};
  TF_Tensor *x = scalar_float(2), *results[2] = {NULL, NULL};
  TF_Run(session, NULL, inputs, &x, 1, outputs, results, 2, targets, 1, NULL, s);
  show_status("run");
  for (int i = 0; i < 2; ++i) {
    show_tensor("result", results[i]);
    TF_DeleteTensor(results[i]);
    results[i] = NULL;
  }
  TF_Run(session, NULL, NULL, NULL, 0, unknown, results, 1, NULL, 0, NULL, s);
  show_status("unknown fetch");
  TF_Run(session, NULL, unknown, &x, 1, outputs, results, 1, NULL, 0, NULL, s);
  show_status("unknown feed");
  TF_Run(session, NULL, NULL, NULL, 0, NULL, NULL, 0, unknown, 1, NULL, s);
  show_status("unknown target");
  const char* handle = NULL;
  TF_PRunSetup(session, inputs, 1, outputs, 1, NULL, 0, &handle, s);
  show_status("setup");
  TF_PRun(session, handle, inputs, &x, 1, outputs, results, 1, NULL, 0, s);
  show_status("partial");
  show_tensor("result", results[0]);
  TF_DeleteTensor(results[0]);
  TF_DeletePRunHandle(handle);
  TF_DeviceList* list = TF_DeprecatedSessionListDevices(session, s);
  printf("devices %d\n", TF_DeviceListCount(list) > 0);
  TF_DeleteDeviceList(list);
  TF_DeleteTensor(x);
  TF_CloseDeprecatedSession(session, s);
  show_status("close");
  TF_DeleteDeprecatedSession(session, s);
  show_status("delete");
  TF_DeleteSessionOptions(options);
}

static void saved_models(void) {
  const char* folder = getenv("CAPI_SAVED_MODEL");
  TF_SessionOptions* options = TF_NewSessionOptions();
  TF_Graph* g = TF_NewGraph();
  const char *serve[1] = {"serve"}, *other[1] = {"other"};
  TF_Buffer* meta = TF_NewBuffer();
  printf("null %d\n", TF_LoadSessionFromSavedModel(options, NULL, "/no/such/folder", serve, 1, g, meta, s) == NULL);
  show_status("no folder");
  TF_DeleteGraph(g);
  if (folder == NULL) exit(1);
  g = TF_NewGraph();
  TF_LoadSessionFromSavedModel(options, NULL, folder, other, 1, g, meta, s);
  printf("%d %.60s\n", TF_GetCode(s), TF_Message(s));
  TF_SetStatus(s, TF_OK, "");
  TF_DeleteGraph(g);
  g = TF_NewGraph();
  TF_Session* session = TF_LoadSessionFromSavedModel(options, NULL, folder, serve, 1, g, meta, s);
  show_status("load");
  printf("meta graph %d\n", meta->length > 100);
  TF_Operation *x = TF_GraphOperationByName(g, "x"), *y = TF_GraphOperationByName(g, "y");
  if (x == NULL || y == NULL) exit(1);
  TF_Tensor* three = scalar_float(3);
  show_run("y", session, out(x, 0), three, out(y, 0));
  TF_DeleteTensor(three);
  TF_LoadSessionFromSavedModel(options, NULL, folder, serve, 1, g, NULL, s);
  show_status("into a graph that isn't empty");
  close_session(session);
  TF_DeleteBuffer(meta);
  TF_DeleteGraph(g);
  TF_DeleteSessionOptions(options);
}

static void resets(void) {
  TF_Graph* g = TF_NewGraph();
  const TF_Output one = out(constant(g, "one", scalar_float(1)), 0);
  TF_Session* session = new_session(g);
  show_run("before", session, out(NULL, 0), NULL, one);
  TF_SessionOptions* options = TF_NewSessionOptions();
  const char* containers[1] = {"localhost"};
  TF_Reset(options, containers, 1, s);
  show_status("local reset");
  show_run("after", session, out(NULL, 0), NULL, one);
  TF_DeleteSessionOptions(options);
  TF_DeleteSession(session, s);
  show_status("delete");
  TF_DeleteGraph(g);
}

static void servers(void) {
  printf("null %d\n", TF_NewServer("\xff", 1, s) == NULL);
  show_status("bad server def");
  /* cluster {job {name: "local" tasks {value: "localhost:0"}}} job_name: "local" protocol: "grpc" */
  const char good[] = "\x0a\x18\x0a\x16\x0a\x05local\x12\x0d\x12\x0blocalhost:0\x12\x05local\x2a\x04grpc";
  static TF_Server* server; /* for the life of the process: TensorFlow doesn't end a server that was started */
  server = TF_NewServer(good, sizeof good - 1, s);
  show_status("server");
  if (server == NULL) return;
  TF_ServerStart(server, s);
  show_status("start");
  printf("target %.17s\n", TF_ServerTarget(server));
  TF_Graph* g = TF_NewGraph();
  const TF_Output x = out(placeholder(g, "x", TF_FLOAT), 0), neg = out(unary(g, "Neg", "neg", x), 0);
  TF_SessionOptions* options = TF_NewSessionOptions();
  TF_SetTarget(options, TF_ServerTarget(server));
  TF_Session* session = TF_NewSession(g, options, s);
  show_status("session of the server");
  TF_Tensor* three = scalar_float(3);
  show_run("neg", session, x, three, neg);
  TF_DeleteTensor(three);
  close_session(session);
  const char* containers[1] = {""};
  TF_Reset(options, containers, 0, s);
  show_status("reset");
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(g);
}

void sessions_section(void) {
  partial();
  devices();
  older();
  saved_models();
  resets();
  servers();
}
