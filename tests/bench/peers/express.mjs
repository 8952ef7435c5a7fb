// The same reads as a usual Node service: Express 5 and pg, a worker for each core. `npm install express@5 pg` beside it first.
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import express from 'express';
import pg from 'pg';

const workers = availableParallelism();
if (cluster.isPrimary) {
  let listening = 0;
  cluster.on('message', (_, port) => { if (++listening === workers) console.log(`127.0.0.1:${port}`); });
  for (let worker = 0; worker < workers; worker++) cluster.fork();
} else {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Math.ceil(16 / workers) });
  const columns = `p.*, q.account, q.stage, q.epoch, q.due_at, q.publish_at, q.useless_after, q.container_id, q.attempt, q.attention, q.lane,
    r.media, r.permalink, r.sent_at, r.confirmed_at, r.confirmed_by, m.likes, m.comments, m.shares, m.views, m.reach, m.saved, m.measured_at,
    e.title, h.post_id AS holder`;
  const posts = `SELECT ${columns} FROM post p JOIN publication q ON q.post_id = p.id LEFT JOIN receipt r ON r.post_id = p.id
    LEFT JOIN metrics m ON m.post_id = p.id LEFT JOIN event e ON e.id = p.event_id LEFT JOIN publication h ON h.lane = q.account`;
  const user = process.env.USER_ID;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.get('/posts/:id', async (request, response) => {
    const found = await pool.query({ name: 'show', text: `${posts} WHERE p.id = $1 AND p.user_id = $2`, values: [request.params.id, user] });
    response.json(found.rows[0]);
  });
  app.get('/posts', async (_, response) => {
    const found = await pool.query({ name: 'list', text: `${posts} WHERE p.user_id = $1 ORDER BY p.id DESC LIMIT 50`, values: [user] });
    response.json(found.rows);
  });
  const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port));
}
