/* Student's distribution. Pure. */
#ifndef METRICS_STUDENT_H
#define METRICS_STUDENT_H

/* The 97.5 % point, by the first terms of its expansion in 1 / df (Abramowitz and
 * Stegun 26.7.5); within 0.1 % from df = 10 on, within 2 % from 4 on. */
double student_point(double df);
/* The chance of |T| >= t, t >= 0 and df > 0: the incomplete beta function at
 * df / (df + t^2), by its continued fraction (Abramowitz and Stegun 26.5.8). */
double student_beyond(double t, double df);

#endif
