/* SPDX-License-Identifier: EUPL-1.2 */
/* Shapes that requests and holds share. */
#ifndef API_NEED_SHAPE_H
#define API_NEED_SHAPE_H

#include "proto/shape.h"

extern const struct shape parent_members[];

#endif
