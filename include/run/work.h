/* What the successes of a load point took and how much they were asked for, as sums: what
 * the fits of a micro-experiment (run/trial.h) are made of. Seconds, tokens. */
#ifndef RUN_WORK_H
#define RUN_WORK_H

enum work_sum {
	WORK_N,         /* successes */
	WORK_RESPONSE,  /* from when they were sent to the end */
	WORK_SETUP,     /* of that: making a connection */
	WORK_CONNECTED, /* how many made one */
	/* Of streams of which the first and the last token were seen, and how many there were: */
	WORK_STREAMS,
	WORK_S_RESPONSE, WORK_S_SETUP,
	WORK_FIRST,     /* from sent and connected to the first token */
	WORK_DECODE,    /* from the first token to the last */
	WORK_TOKENS,    /* behind the first, which DECODE is of; their squares; and times DECODE */
	WORK_TOKENS_2, WORK_DECODE_TOKENS,
	/* Of these the ones that said how many tokens the prompt had; FIRST of them: */
	WORK_TOLD,
	WORK_PROMPT, WORK_PROMPT_2, WORK_FIRST_TOLD, WORK_FIRST_PROMPT,
	WORK_CACHED,    /* prompt tokens that the server had kept */
	WORK_SUMS
};

struct work {
	double of[WORK_SUMS];
};

#endif
