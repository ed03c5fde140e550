/* SPDX-License-Identifier: EUPL-1.2 */
/* jansson 2.14 writes outside its memory when an allocation fails while it decodes: its lexer drops
 * the byte that did not fit and later looks for it. A program that links proto/ therefore gives it
 * an allocator that ends the process instead; a worker's master starts it again. */
#ifndef PROTO_MEMORY_H
#define PROTO_MEMORY_H

/* Called once by every main(), before any JSON. */
void proto_memory_or_abort(void);

#endif
