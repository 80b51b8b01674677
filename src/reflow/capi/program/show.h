#ifndef REFLOW_CAPI_PROGRAM_SHOW_H_
#define REFLOW_CAPI_PROGRAM_SHOW_H_

/* What the sections of the program share: each calls functions of the C interface and prints what they answer. The same
 * sources print the same against TensorFlow's library (tests/data/c_api/README.md). */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tensorflow/c/c_api.h"

/* The status of the section; show_status prints and resets it. */
extern TF_Status* s;
void show_status(const char* what);

/* "float [2,3]: 1 2 3 4 5 6"; strings in quotes. */
void show_tensor(const char* what, const TF_Tensor* t);
TF_Tensor* floats(const float* values, const int64_t* dims, int rank);
TF_Tensor* scalar_float(float value);
TF_Tensor* scalar_int(int value);
TF_Tensor* string_tensor(const char* const* values, int n); /* n < 0: a scalar */

/* Operations that most sections need. They print what goes wrong. */
TF_Operation* placeholder(TF_Graph* g, const char* name, TF_DataType type);
TF_Operation* constant(TF_Graph* g, const char* name, TF_Tensor* value); /* deletes value */
TF_Operation* unary(TF_Graph* g, const char* op, const char* name, TF_Output x);
TF_Operation* binary(TF_Graph* g, const char* op, const char* name, TF_Output x, TF_Output y);
TF_Output out(TF_Operation* op, int index);

/* Fetches y given x (may have no oper), and prints it. */
void show_run(const char* what, TF_Session* session, TF_Output x, TF_Tensor* value, TF_Output y);
TF_Session* new_session(TF_Graph* g);
void close_session(TF_Session* session);

/* Prints the operations of a graph: name, type, inputs, control inputs. */
void show_graph(const char* what, TF_Graph* g);

void values_section(void);
void graph_section(void);
void attributes_section(void);
void import_section(void);
void functions_section(void);
void run_section(void);
void control_section(void);
void sessions_section(void);
void registry_section(void);
void eager_section(void);

#endif
