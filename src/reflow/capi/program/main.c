#include "reflow/capi/program/show.h"

/* usage: program SECTION */
int main(int argc, char** argv) {
  static const struct {
    const char* name;
    void (*run)(void);
  } sections[] = {{"values", values_section},       {"graph", graph_section},         {"attributes", attributes_section},
                  {"import", import_section},       {"functions", functions_section}, {"run", run_section},
                  {"control", control_section},     {"sessions", sessions_section},   {"registry", registry_section},
                  {"eager", eager_section}};
  setvbuf(stdout, NULL, _IOLBF, 0);
  s = TF_NewStatus();
  for (size_t i = 0; i < sizeof sections / sizeof sections[0]; ++i) {
    if (argc == 2 && strcmp(argv[1], sections[i].name) == 0) {
      sections[i].run();
      TF_DeleteStatus(s);
      return 0;
    }
  }
  fprintf(stderr, "usage: %s SECTION\n", argv[0]);
  return 2;
}
