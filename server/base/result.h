/* SPDX-License-Identifier: EUPL-1.2 */
/* Three-way results: 0 done; negative (-errno) fatal, passed up; positive a named outcome of that
 * function, handled by its caller. */
#ifndef BASE_RESULT_H
#define BASE_RESULT_H

#include <errno.h>

#define MUST_USE __attribute__((warn_unused_result))
#define CLEANUP(destructor) __attribute__((cleanup(destructor)))
#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

#endif
