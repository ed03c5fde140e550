/* SPDX-License-Identifier: EUPL-1.2 */
/* Unbounded string functions do not compile. Included before every file by the build. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#pragma GCC poison strcpy strcat sprintf vsprintf gets atoi atol strtok
#endif
