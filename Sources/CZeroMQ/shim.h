// libzmq 4.3 as the system has it. The draft part of the interface stays off: distributions build without it.
#ifndef ARGUS_CZEROMQ_SHIM_H
#define ARGUS_CZEROMQ_SHIM_H

#include <zmq.h>

#endif
