#ifndef GATELOG_CNAMESPACES_H
#define GATELOG_CNAMESPACES_H

// Moves the calling thread into the network namespace of an open descriptor (setns(2), which needs _GNU_SOURCE);
// 0, or an errno.
int gatelog_enter_network(int descriptor);

// Takes CAP_NET_ADMIN from the calling thread (0), or gives it back (1); 0, or an errno.
int gatelog_set_network_admin(int on);

#endif
