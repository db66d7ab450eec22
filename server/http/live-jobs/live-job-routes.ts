import { z } from 'zod';
import { AppError } from '../../errors';
import { deleteLiveJob, pauseLiveJob, resumeLiveJob, stopLiveJob } from '../../live-jobs/change-live-job';
import { createLiveJob } from '../../live-jobs/create-live-job';
import { LiveJobSpecInput } from '../../live-jobs/job-spec';
import { jobWarnings } from '../../live-jobs/job-warnings';
import { getLiveJob, pageLiveJobs } from '../../live-jobs/load-live-jobs';
import { apiRoute } from '../api/api-route';
import type { ApiDeps } from '../api/limited-answer';
import { nextPageHeader, PageQuery, pageRequest } from '../api/paging';
import type { Route } from '../route';
import { ApiJobInput, ApiLiveJob, apiJobInput, apiLiveJob } from './job-answer';
import { jobSurface } from './job-surface';

// An id that none can be is no job's: it is looked up like any other, and 404.
const JobParams = z.object({ id: z.string() });

/** Live jobs: channels that programs make to order. */
export function liveJobRoutes(deps: ApiDeps): Route[] {
  const { publicUrl } = deps.env;
  const all = { surface: jobSurface, tag: 'live jobs' } as const;
  const oneJob = { ...all, params: JobParams } as const;

  const create = (path: string) =>
    apiRoute(deps, {
      ...all,
      method: 'POST',
      path,
      summary: 'Make a live job on the worker that has the least to do',
      caller: 'signed in',
      body: LiveJobSpecInput,
      answer: ApiLiveJob,
      status: 201,
      isIdempotent: true,
      handle: async ({ context, body, request }) => {
        const job = await createLiveJob(context, body);
        return { data: apiLiveJob(job, { publicUrl, warnings: jobWarnings(body, request.json()) }) };
      },
    });

  const list = (path: string, isActiveOnly: boolean, summary: string) =>
    apiRoute(deps, {
      ...all,
      method: 'GET',
      path,
      summary,
      caller: 'signed in',
      query: PageQuery,
      answer: z.array(ApiLiveJob),
      handle: async ({ context, query, request }) => {
        const page = pageRequest(query);
        const jobs = await pageLiveJobs(context, { isActiveOnly }, page);
        return {
          data: jobs.map((job) => apiLiveJob(job, { publicUrl })),
          headers: nextPageHeader(request, page, jobs),
        };
      },
    });

  const step = (name: string, summary: string, change: typeof stopLiveJob) =>
    apiRoute(deps, {
      ...oneJob,
      method: 'PUT',
      path: `/jobs/:id/${name}`,
      summary,
      caller: 'owner',
      answer: ApiLiveJob,
      status: 202,
      handle: async ({ context, params }) => ({
        data: apiLiveJob(await change(context, params.id), { publicUrl }),
      }),
    });

  return [
    create('/jobs'),
    create('/createLiveJob'),
    list('/jobs', false, 'One’s own live jobs, newest first; all of them for operators'),
    list('/jobs/active', true, 'Those of them that have a worker'),
    apiRoute(deps, {
      ...oneJob,
      method: 'GET',
      path: '/jobs/:id',
      summary: 'One live job',
      caller: 'self or operator',
      answer: ApiLiveJob,
      handle: async ({ context, params }) => ({
        data: apiLiveJob(await getLiveJob(context, params.id), { publicUrl }),
      }),
    }),
    apiRoute(deps, {
      ...oneJob,
      method: 'GET',
      path: '/jobs/:id/input-info',
      summary: 'What ffprobe saw in its input; 404 until there is input',
      caller: 'self or operator',
      answer: ApiJobInput,
      handle: async ({ context, params }) => {
        const { input } = await getLiveJob(context, params.id);
        if (input === null) {
          throw new AppError('not_found', 'no_input: nothing has arrived yet');
        }
        return { data: apiJobInput(input) };
      },
    }),
    step('stop', 'Free its worker; id, stream key and spec stay', stopLiveJob),
    step('resume', 'Let a stopped job run again, or end a pause', resumeLiveJob),
    step('pause', 'Hold its output; worker and input stay', pauseLiveJob),
    apiRoute(deps, {
      ...oneJob,
      method: 'DELETE',
      path: '/jobs/:id',
      summary: 'Delete a stopped live job',
      caller: 'owner',
      answer: z.object({ Id: z.string() }),
      handle: async ({ context, params }) => ({ data: await deleteLiveJob(context, params.id) }),
    }),
  ];
}
