#ifndef GATELOG_CMALLOCCOUNTER_H
#define GATELOG_CMALLOCCOUNTER_H

#include <stdint.h>

// How often the calling thread asked for memory since it began.
uint64_t gatelog_allocations(void);

#endif
