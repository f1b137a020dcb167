// The header is the whole of this module; this file gives the package manager something to compile, and proves
// that the header stands on its own in C.
#include "argus_client.h"
