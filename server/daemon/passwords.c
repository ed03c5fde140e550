/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/passwords.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "log/log.h"

#define THREADS 2 /* 32 MB each while they derive */

struct job {
    struct job *next;
    uint64_t ticket;
    struct scrypt with;
    char *password; /* owned, wiped */
    size_t n;
    bool derived;
};

struct queue {
    struct job *first, **last;
};

struct passwords {
    struct loop *loop;
    struct watch *watch;
    int ready; /* eventfd: something was derived */
    password_answer *answer;
    void *ctx;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct queue asked, done; /* under the lock, as the rest */
    unsigned n;               /* asked for and not answered */
    bool ending;
    pthread_t thread[THREADS];
    unsigned n_threads;
};

static void push(struct queue *q, struct job *j)
{
    j->next = NULL;
    *q->last = j;
    q->last = &j->next;
}

static struct job *pop(struct queue *q)
{
    struct job *j = q->first;
    if (j == NULL)
        return NULL;
    q->first = j->next;
    if (q->first == NULL)
        q->last = &q->first;
    return j;
}

static void job_free(struct job *j)
{
    explicit_bzero(j->password, j->n);
    free(j->password);
    free(j);
}

static void derive(struct job *j)
{
    const struct scrypt *s = &j->with;
    struct scrypt *with = &j->with;
    j->derived = EVP_PBE_scrypt(j->password, j->n, s->salt, sizeof s->salt, (uint64_t)1 << s->log_n,
                                s->r, s->p, scrypt_memory(s), with->hash, sizeof with->hash) == 1;
}

static void *work(void *ctx)
{
    struct passwords *p = ctx;
    pthread_mutex_lock(&p->lock);
    while (!p->ending) {
        struct job *j = pop(&p->asked);
        if (j == NULL) {
            pthread_cond_wait(&p->work, &p->lock);
            continue;
        }
        pthread_mutex_unlock(&p->lock);
        derive(j);
        pthread_mutex_lock(&p->lock);
        push(&p->done, j);
        uint64_t one = 1;
        if (write(p->ready, &one, sizeof one) != sizeof one)
            p->ending = true; /* an eventfd takes it, or nothing works any more */
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void hear(void *ctx, int fd)
{
    struct passwords *p = ctx;
    uint64_t n;
    if (read(fd, &n, sizeof n) != sizeof n)
        return;
    for (;;) {
        pthread_mutex_lock(&p->lock);
        struct job *j = pop(&p->done);
        p->n -= j != NULL;
        pthread_mutex_unlock(&p->lock);
        if (j == NULL)
            return;
        p->answer(p->ctx, j->ticket, j->derived ? j->with.hash : NULL);
        job_free(j);
    }
}

/* Signals are the loop's. */
static int start_threads(struct passwords *p)
{
    sigset_t all, before;
    int r = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; p->n_threads < THREADS && r == 0; p->n_threads += r == 0)
        r = -pthread_create(&p->thread[p->n_threads], NULL, work, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return p->n_threads > 0 ? 0 : r;
}

int passwords_new(struct loop *l, password_answer *answer, void *ctx, struct passwords **ret)
{
    struct passwords *p = calloc(1, sizeof *p);
    if (p == NULL)
        return -ENOMEM;
    *p = (struct passwords){.loop = l, .answer = answer, .ctx = ctx};
    p->asked.last = &p->asked.first;
    p->done.last = &p->done.first;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    p->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int r = p->ready < 0 ? -errno : watch_new(l, p->ready, hear, p, &p->watch);
    r = r < 0 ? r : start_threads(p);
    if (r < 0)
        passwords_free(p);
    else
        *ret = p;
    return r;
}

void passwords_free(struct passwords *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->n_threads; i++)
        pthread_join(p->thread[i], NULL);
    struct job *j;
    while ((j = pop(&p->asked)) != NULL || (j = pop(&p->done)) != NULL)
        job_free(j);
    watch_free(p->watch);
    if (p->ready >= 0)
        close(p->ready);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

int passwords_derive(struct passwords *p, const struct derivation *d)
{
    struct job *j = calloc(1, sizeof *j);
    if (j == NULL || (j->password = malloc(d->password.n + 1)) == NULL) {
        free(j);
        return -ENOMEM;
    }
    memcpy(j->password, d->password.p, d->password.n);
    j->n = d->password.n;
    j->ticket = d->ticket;
    j->with = d->with;
    pthread_mutex_lock(&p->lock);
    bool room = p->n < DERIVATIONS_MOST;
    if (room) {
        push(&p->asked, j);
        p->n++;
        pthread_cond_signal(&p->work);
    }
    pthread_mutex_unlock(&p->lock);
    if (!room)
        job_free(j);
    return room ? 0 : -EAGAIN;
}
