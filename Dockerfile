# The service in a container: Node 24, no build step, not as root. Everything that is kept is in /data; mount a volume
# there (a local disk: the log and its lock need one). Options are environment variables, see docs/configuration.md.
FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production
# Only what running needs, and no scripts of packages: the npm package `node` would bring a second Node.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY src ./src
COPY LICENSE README.md ./
RUN mkdir /data && chown node:node /data
USER node
ENV SHOUWANG_DATA_DIR=/data SHOUWANG_HTTP_HOST=0.0.0.0 SHOUWANG_MQTT_HOST=0.0.0.0
VOLUME /data
EXPOSE 8080 1883
# Ready means that alarms work; whether telemetry lags is told in the answer and never makes it unhealthy.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Directly, not through npm: SIGTERM has to reach the service, which stops in order.
CMD ["node", "--max-semi-space-size=64", "--max-inlined-bytecode-size-cumulative=4000", "src/main.ts"]
