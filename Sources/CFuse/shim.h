#pragma once

#include <netinet/in.h>
#include <net/if.h>

#define FUSE_USE_VERSION 35
#include <fuse3/cuse_lowlevel.h>
