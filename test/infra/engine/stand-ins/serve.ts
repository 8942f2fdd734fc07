import { Metadata, Server, ServerCredentials, status, type UntypedHandleCall } from '@grpc/grpc-js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import service from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import messages from '@pulumi/pulumi/proto/provider_pb.js';
import statuses from '@pulumi/pulumi/proto/status_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { PartiallyCreated, type PropertyValues, type StandIn } from './resource.ts';

/**
 * Serves a stand-in by the protocol of Pulumi's plugins on a free loopback port, and prints the port. The server that
 * `@pulumi/pulumi/provider` brings reports no changed names to the engine, without which `replaceOnChanges` does nothing.
 */
export async function serve(standIn: StandIn): Promise<void> {
  const server = new Server();
  server.addService(service.ResourceProviderService as never, handlersOf(standIn));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  console.log(String(port));
}

type Call<Request> = { readonly request: Request };
type Callback<Response> = (error: object | null, response?: Response) => void;

/** One call: its answer, or the error as the engine reads it. */
export function unary<Request, Response>(answer: (request: Request) => Promise<Response>): UntypedHandleCall {
  const handle = (call: Call<Request>, done: Callback<Response>) => {
    answer(call.request).then(
      (response) => done(null, response),
      (error: unknown) => done(errorOf(error)),
    );
  };
  return handle as UntypedHandleCall;
}

function handlersOf(standIn: StandIn): Record<string, UntypedHandleCall> {
  return {
    attach: unary(async () => new empty.Empty()),
    cancel: unary(async () => new empty.Empty()),
    getPluginInfo: unary(async () => new plugin.PluginInfo().setVersion(standIn.version)),
    getSchema: unary(async () => new messages.GetSchemaResponse().setSchema('{}')),
    checkConfig: unary(async (request: InstanceType<typeof messages.CheckRequest>) => {
      const news = valuesOf(request.getNews());
      return checked(news, standIn.checkProvider(news));
    }),
    diffConfig: unary(async () => new messages.DiffResponse()),
    configure: unary(async (request: InstanceType<typeof messages.ConfigureRequest>) => {
      await standIn.configure(valuesOf(request.getArgs()));
      return new messages.ConfigureResponse().setAcceptsecrets(true).setAcceptresources(true).setAcceptoutputs(true);
    }),
    check: unary(async (request: InstanceType<typeof messages.CheckRequest>) => {
      const { inputs, problems } = await standIn.check(request.getUrn(), valuesOf(request.getNews()));
      return checked(inputs, problems);
    }),
    diff: unary(async (request: InstanceType<typeof messages.DiffRequest>) => {
      const found = standIn.diff(
        request.getUrn(),
        valuesOf(request.getOlds()),
        valuesOf(request.getNews()),
        request.getIgnorechangesList(),
      );
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      return new messages.DiffResponse()
        .setChanges(found.changed.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setDiffsList(found.changed)
        .setReplacesList(found.replaces)
        .setDeletebeforereplace(found.deleteBeforeReplace);
    }),
    create: unary(async (request: InstanceType<typeof messages.CreateRequest>) => {
      const { id, state } = await standIn.create(request.getUrn(), valuesOf(request.getProperties()));
      return new messages.CreateResponse().setId(id).setProperties(structOf(state));
    }),
    read: unary(async (request: InstanceType<typeof messages.ReadRequest>) => {
      const found = await standIn.read(request.getId(), request.getUrn(), valuesOf(request.getProperties()));
      const response = new messages.ReadResponse();
      if (!found) return response;
      return response.setId(request.getId()).setProperties(structOf(found.state)).setInputs(structOf(found.inputs));
    }),
    update: unary(async (request: InstanceType<typeof messages.UpdateRequest>) => {
      const olds = valuesOf(request.getOlds());
      const state = await standIn.update(request.getId(), request.getUrn(), olds, valuesOf(request.getNews()));
      return new messages.UpdateResponse().setProperties(structOf(state));
    }),
    delete: unary(async (request: InstanceType<typeof messages.DeleteRequest>) => {
      await standIn.remove(request.getId(), request.getUrn(), valuesOf(request.getProperties()));
      return new empty.Empty();
    }),
    invoke: unary(async (request: InstanceType<typeof messages.InvokeRequest>) => {
      const found = await standIn.invoke(request.getTok(), valuesOf(request.getArgs()));
      return new messages.InvokeResponse().setReturn(structOf(found));
    }),
  };
}

function checked(inputs: PropertyValues, problems: readonly { property: string; reason: string }[]) {
  const failures = problems.map(({ property, reason }) =>
    new messages.CheckFailure().setProperty(property).setReason(reason),
  );
  return new messages.CheckResponse().setInputs(structOf(inputs)).setFailuresList(failures);
}

function valuesOf(given: InstanceType<typeof struct.Struct> | undefined): PropertyValues {
  return (given?.toJavaScript() ?? {}) as PropertyValues;
}

function structOf(values: PropertyValues): InstanceType<typeof struct.Struct> {
  // A round trip, because a Struct cannot hold `undefined`.
  return struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(values)));
}

function errorOf(error: unknown): object {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof PartiallyCreated)) return { code: status.UNKNOWN, message, details: message };
  const failed = new messages.ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(structOf(error.read))
    .setReasonsList([message]);
  const details = new any.Any();
  details.pack(failed.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
  const full = new statuses.Status();
  full.setCode(status.UNKNOWN);
  full.setMessage(message);
  full.addDetails(details);
  const metadata = new Metadata();
  metadata.add('grpc-status-details-bin', Buffer.from(full.serializeBinary()));
  return { code: status.UNKNOWN, message, details: message, metadata };
}
