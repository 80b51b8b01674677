#include <iostream>

#include "reflow/tools/command_line.h"

int main(int argc, char** argv) { return reflow::tools::run_command_line(argc, argv, std::cout, std::cerr); }
