// A handler as a user would write it.
exports.handler = async (event, context) => {
  if (event.do === "raise") {
    const error = new Error("no");
    error.name = "CustomError";
    throw error;
  }
  if (event.do === "context") {
    return { name: context.functionName, arn: context.invokedFunctionArn, id: context.awsRequestId.length };
  }
  return event;
};
