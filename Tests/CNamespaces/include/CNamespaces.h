#ifndef GATELOG_CNAMESPACES_H
#define GATELOG_CNAMESPACES_H

// Moves the calling thread into the network namespace of an open descriptor (setns(2), which needs _GNU_SOURCE);
// 0, or an errno.
int gatelog_enter_network(int descriptor);

#endif
