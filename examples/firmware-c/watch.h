/* Between watch.c and table.c. */
#ifndef WATCH_H
#define WATCH_H

#include "table.h"

void watch(struct table *t, uint32_t dt);
void watch_forget(struct table *t);
int16_t report_angle(int32_t tilt);

#endif
