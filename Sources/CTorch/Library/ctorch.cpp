// All of the shim but distributions.cpp: libtorch's headers are what takes long to compile, so they are read once.
#include "layer.hpp"
#include "network.hpp"
#include "operations.hpp"
#include "pooling.hpp"
#include "recurrence.hpp"
#include "storage.hpp"
#include "training.hpp"
